"""The only place that knows both sites: commands, servers, migrations."""
