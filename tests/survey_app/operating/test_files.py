"""The files of docs/operating: read by the tools they are for, where those are, and held against the code."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from survey_app import gunicorn as gunicorn_settings

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "operating"
UNITS = sorted(FOLDER.glob("*.service"))


def unit(path):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser


def test_every_command_of_a_unit_is_there():
    assert {path.stem for path in UNITS} == {"focal", "focal-nightly", "focal-weekly", "focal-backup"}
    for path in UNITS:
        service = unit(path)["Service"]
        module = re.search(r" -m ([\w.]+)", service["ExecStart"])[1]
        assert importlib.util.find_spec(module), module
        for name in ("User", "NoNewPrivileges", "ProtectSystem", "UMask"):
            assert service[name], (path.name, name)
    for timer in FOLDER.glob("*.timer"):
        assert timer.with_suffix(".service") in UNITS
    stops_after = int(unit(FOLDER / "focal.service")["Service"]["TimeoutStopSec"])
    assert stops_after > gunicorn_settings.graceful_timeout


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_systemd_understands_the_units(tmp_path):
    # Where it would be installed is not here; everything else is verified as it stands.
    for path in [*UNITS, *FOLDER.glob("*.timer")]:
        text = path.read_text(encoding="utf-8").replace("/srv/focal/.venv/bin/python", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if "focal" in line] == []
    calendar = [unit(path)["Timer"]["OnCalendar"] for path in FOLDER.glob("*.timer")]
    subprocess.run(["systemd-analyze", "calendar", *calendar], check=True, capture_output=True)


def test_the_examples_for_proxies_terminate_tls_and_pass_the_host():
    nginx = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    assert nginx.count("{") == nginx.count("}")
    for line in nginx.splitlines():
        bare = line.split("#")[0].strip()
        assert not bare or bare[-1] in ";{}", line
    for wanted in (
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "return 308 https://",
        "access_log off;",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
    ):
        assert wanted in nginx
    caddy = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert caddy.count("{") == caddy.count("}")
    assert "protocols tls1.2 tls1.3" in caddy
    assert "header_up X-Forwarded-For {remote_host}" in caddy
    for text in (nginx, caddy):
        assert gunicorn_settings.bind in text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here to ask")
def test_nginx_understands_its_example(tmp_path):
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"\n.*(ssl_certificate|listen 443|http2 on).*", "", text)
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"events {{}}\npid {tmp_path}/pid;\nhttp {{\n{text}\n}}\n", encoding="utf-8")
    subprocess.run(["nginx", "-t", "-c", str(whole)], check=True, capture_output=True)


def test_the_alerts_ask_for_figures_that_exist():
    from survey_app import metrics, metrics_server

    names = {metric.name for metric in metrics.REGISTRY.collect()}
    source = Path(metrics_server.__file__).read_text(encoding="utf-8")
    names |= set(re.findall(r'"(focal_\w+)":', source))
    rules = yaml.safe_load((FOLDER / "focal-alerts.yml").read_text(encoding="utf-8"))
    for rule in rules["groups"][0]["rules"]:
        for asked in re.findall(r"focal_\w+", rule["expr"]):
            assert asked.removesuffix("_total") in names, asked


def test_the_container_holds_no_secret_and_runs_as_nobody_special():
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    assert "USER focal" in text
    assert "--require-hashes" in text
    assert "SECRET" not in text
