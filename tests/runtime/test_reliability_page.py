"""`make test-long` appends what it found to docs/reliability.md, failures included."""

from pathlib import Path

from tests import reliability

REPORT = """<testsuites><testsuite>
<testcase name="test_nothing_is_delivered_twice" time="61.4"><properties>
<property name="messages" value="100000"/><property name="doubles" value="0"/></properties></testcase>
<testcase name="test_nothing_is_lost" time="5.0"><failure message="lost 1"/></testcase>
</testsuite></testsuites>"""


def test_each_run_is_appended_with_its_figures_and_its_failures(tmp_path: Path) -> None:
    report, page = tmp_path / "long.xml", tmp_path / "reliability.md"
    report.write_text(REPORT)
    assert reliability.main(report, page) == reliability.main(report, page) == 0
    text = page.read_text()
    assert text.count("| nothing is delivered twice | passed | messages 100000, doubles 0 | 61 s |") == 2
    assert text.count("| nothing is lost | failed |") == 2 and text.startswith("# Reliability")


def test_no_report_is_a_failure(tmp_path: Path) -> None:
    assert reliability.main(tmp_path / "missing.xml", tmp_path / "reliability.md") == 1
