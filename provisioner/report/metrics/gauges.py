"""Gauges filled one by one, and their text. Its library comes with an extra: import this module where it is needed."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import generate_latest

from provisioner.foundation.text_safety import excerpt
from provisioner.report.metrics.metric_table import METRICS, Metric


class Gauges:
    """Values by metric and labels. Every metric is named in the text, so that a look which found nothing says so."""

    def __init__(self, command: str) -> None:
        self._registry = CollectorRegistry()
        self._command = command
        self._gauges = {
            metric.name: Gauge(metric.name, metric.about, metric.all_labels, registry=self._registry)
            for metric in METRICS
            if command in metric.commands
        }

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Label values are cut and harmless, whoever wrote them."""
        whole = (*labels, self._command) if len(metric.all_labels) > len(metric.labels) else labels
        self._gauges[metric.name].labels(*map(excerpt, whole)).set(value)

    def moment(self, metric: Metric, when: str | datetime, *labels: str) -> None:
        """A time, RFC 3339 or with its zone, as Unix time."""
        moment = datetime.fromisoformat(when) if isinstance(when, str) else when
        self.set(metric, moment.timestamp(), *labels)

    def text(self) -> bytes:
        """OpenMetrics, of that part which node_exporter's textfile collector reads as well."""
        text: bytes = generate_latest(self._registry)
        return text
