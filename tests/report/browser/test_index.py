"""The cohort page as a reader uses it."""


def test_the_page_opens_from_the_disk_and_asks_for_its_own_files_only(visitor, sample_run):
    page = visitor.open(sample_run)
    page.wait_for_selector("#scans")
    assert "medmask" in page.title()
    assert any(url.endswith("report.css") for url in visitor.requests)
