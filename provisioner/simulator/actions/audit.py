"""CloudAudit's DescribeEvents (2019-03-19): who wrote what, when, from where.

The shape of an event is that of the vendor's published examples: `EventTime` as text, `CloudAuditEvent` as a JSON text
in which the request's parameters are a JSON text once more.
"""

from __future__ import annotations

import json
from collections import defaultdict

from provisioner.recording.limits import AUDIT_BACK, AUDIT_PAGE, AUDIT_SPAN
from provisioner.simulator import regions
from provisioner.simulator.actions.action import Actions, ApiCall, SimulatedAction
from provisioner.simulator.audit_log import ATTRIBUTES, AuditRecord
from provisioner.simulator.errors import ApiError
from provisioner.simulator.param_schema import IntegerParam, JsonObject, ListParam, ObjectParam, TextParam

_ATTRIBUTE = ObjectParam({"AttributeKey": TextParam(), "AttributeValue": TextParam()}, complete=True)
_WRITES = "ActionType"


def _describe_events(call: ApiCall) -> JsonObject:
    parameters = call.parameters
    start, end = parameters["StartTime"], parameters["EndTime"]
    if end < start or end - start >= AUDIT_SPAN.total_seconds() or start < call.at - AUDIT_BACK.total_seconds():
        raise ApiError("InvalidParameterValue.Time", "The time range is not valid: less than 30 days, 90 days back.")
    wanted = _wanted(parameters.get("LookupAttributes", []))
    if wanted is None:
        return {"ListOver": True, "NextToken": 0, "Events": [], "TotalCount": 0}
    now = round((call.at + 0.001) * 1e6)  # writes of one moment arrive a microsecond apart
    before = min(parameters.get("NextToken") or now, now)
    most = parameters.get("MaxResults", AUDIT_PAGE)
    found = call.state.audit.find(start, end, wanted, before, most + 1)
    page, more = found[:most], len(found) > most
    return {
        "ListOver": not more,
        "NextToken": page[-1].arrival if page else 0,
        "Events": [_event(record) for record in page],
        "TotalCount": None,  # given up by the vendor
    }


def _wanted(attributes: list[JsonObject]) -> dict[str, list[str]] | None:
    """Alternatives by attribute; None where only reads are wanted, which nobody keeps here."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for entry in attributes:
        key, value = entry["AttributeKey"], entry["AttributeValue"]
        if key == _WRITES:
            if value.lower() != "write":
                return None
        elif key in ATTRIBUTES:
            wanted[key].append(value)
        else:
            raise ApiError("InvalidParameterValue.attributeKey", "The attribute key is not valid.")
    return wanted


def _event(record: AuditRecord) -> JsonObject:
    details = {
        "userIdentity": {
            "principalId": record.username,
            "accountId": record.account,
            "secretId": record.access_key,
            "type": "Root" if record.username == "root" else "CAMUser",
            "userName": record.username,
        },
        "eventVersion": 2,
        "eventType": record.via,
        "eventID": record.request_id,
        "requestID": record.request_id,
        "eventTime": int(record.at),
        "eventName": record.name,
        "eventSource": f"{record.service}.tencentcloudapi.com",
        "actionType": "Write",
        "errorCode": "0",
        "apiErrorCode": record.api_error or 0,
        "sourceIPAddress": record.address,
        "resourceType": record.service,
        "resourceName": record.resource,
        "requestParameters": record.parameters,
    }
    return {
        "EventId": record.request_id,
        "Username": record.username,
        "EventTime": str(int(record.at)),
        "CloudAuditEvent": json.dumps(details),
        "ResourceTypeCn": "",
        "ErrorCode": 0,
        "EventName": record.name,
        "SecretId": record.access_key,
        "EventSource": f"{record.service}.tencentcloudapi.com",
        "RequestID": record.request_id,
        "ResourceRegion": "",
        "AccountID": int(record.account),
        "SourceIPAddress": record.address,
        "EventNameCn": "",
        "Resources": {"ResourceName": record.resource, "ResourceType": record.service},
        "EventRegion": "ap-guangzhou",
        "Location": "",
    }


AUDIT: Actions = {
    "DescribeEvents": SimulatedAction(
        ObjectParam(
            {
                "StartTime": IntegerParam(),
                "EndTime": IntegerParam(),
                "NextToken": IntegerParam(),
                "MaxResults": IntegerParam(1, AUDIT_PAGE),
                "LookupAttributes": ListParam(_ATTRIBUTE, least=0, most=100),
                "IsReturnLocation": IntegerParam(0, 1),
            },
            required=("StartTime", "EndTime"),
        ),
        _describe_events,
        per_application=False,
        regions=regions.AUDIT,
    ),
}
