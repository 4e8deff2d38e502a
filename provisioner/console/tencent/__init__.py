"""A console behind Tencent Cloud API 3.0: client, transport, rate, binding, credentials."""
