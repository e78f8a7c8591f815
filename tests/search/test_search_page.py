"""What the page of the search says when it has nothing to list."""

from __future__ import annotations

import pytest
from django.test import Client

from biomoa.search import pages
from biomoa.search.answers import Results


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said", "link"),
    [
        ("ko", ("이 쪽에는 결과가 없습니다", "모두 13쪽입니다"), "첫 쪽으로 이동"),
        ("en", ("There is no result on this page", "have 13 pages"), "Go to the first page"),
    ],
)
def test_a_page_beyond_the_last_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: tuple[str, ...], link: str
) -> None:
    answer = Results(query="쌀", total=249, page=500, pages=13)
    monkeypatch.setattr(pages.today, "search", lambda *_, **__: answer)
    asked = {"q": "쌀", "type": "bioproject", "page": "99999"}
    page = client.get("/search/", asked, headers={"accept-language": language, "accept": "text/html"}).content.decode()
    assert all(each in page for each in said)
    assert "아직 공개된 데이터가 없습니다" not in page and "No record is public yet" not in page
    address = page.partition(f">{link}</a>")[0].rpartition('href="')[2]
    assert "q=%EC%8C%80" in address and "type=bioproject" in address and "page=" not in address
