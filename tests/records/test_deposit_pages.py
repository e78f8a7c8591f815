"""What a newcomer stumbles over on the pages of a deposit."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from biomoa.files.models import InspectionResult
from biomoa.people.models import User
from biomoa.records import services, services_curation
from biomoa.records.embargo import embargo_of
from biomoa.records.library import library
from biomoa.records.services_release import open_due
from biomoa.records.templatetags.records import field_label
from tests.records.test_release import in_days, noon
from tests.records.world import World, accepted, draft, lay_file, reads, review, study

SAMPLES = b"sample_name\tproject\tsex\nS1\tstudy-1\tfemale\n"
PROJECTS = b"project_alias\tproject_type\ttitle\nstudy-1\tprimary\tStudy\n"


def enter(client: Client, world: World) -> Client:
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    return client


def test_the_review_knows_the_files_that_arrived_since_the_check(client: Client, world: World) -> None:
    made = draft(world, reads())
    address = f"/submissions/{made.code}/review/"
    assert b"file-missing" in enter(client, world).get(address).content
    file = lay_file(made, "study-1.fastq", verdict=None)
    assert b"file-missing" not in client.get(address).content
    file.is_current = False
    file.save()
    assert b"file-missing" in client.get(address).content


def test_the_review_reads_its_rows_again_only_after_a_change(client: Client, world: World) -> None:
    made = draft(world, reads())
    enter(client, world).get(f"/submissions/{made.code}/review/")
    made.refresh_from_db()
    before = made.checked_files
    client.get(f"/submissions/{made.code}/review/")
    made.refresh_from_db()
    assert before == made.checked_files != ""


def test_sheets_are_told_in_one_line_and_by_their_own_names(client: Client, world: World) -> None:
    made = draft(world, {})
    sheets = [SimpleUploadedFile("bioproject.tsv", PROJECTS), SimpleUploadedFile("biosample.tsv", SAMPLES)]
    answer = enter(client, world).post(f"/submissions/{made.code}/sheet", {"sheet": sheets}, follow=True)
    said = [str(one) for one in answer.context["messages"]]
    assert len(said) == 1 and "2개 행" in said[0], said


def test_a_sheet_that_cannot_be_read_is_told_by_its_own_name(client: Client, world: World) -> None:
    made = draft(world, {})
    sheet = SimpleUploadedFile("내 시료.tsv", b"color\nred\n")
    answer = enter(client, world).post(f"/submissions/{made.code}/sheet", {"sheet": sheet}, follow=True)
    said = " ".join(str(one) for one in answer.context["messages"])
    assert "내 시료" in said and "tmp" not in said


def test_what_a_sheet_says_is_told_with_its_place_and_not_a_thousand_times(client: Client, world: World) -> None:
    made = draft(world, {})
    rows = b"".join(b"S%d\t1\textra\n" % number for number in range(40))
    sheet = SimpleUploadedFile("biosample.tsv", b"sample_name\tproject\n" + rows)
    answer = enter(client, world).post(f"/submissions/{made.code}/sheet", {"sheet": sheet}, follow=True)
    said = [str(one) for one in answer.context["messages"]]
    ragged = [one for one in said if "제목 행은 2개" in one or "35건 더" in one]
    assert len(ragged) == 6 and ragged[0].startswith("시트 ‘biosample’ 1행 - ")
    assert ragged[5].startswith("시트 ‘biosample’ - 같은 문제가 35건 더 있습니다")


def test_a_sheet_with_a_header_alone_is_told(client: Client, world: World) -> None:
    made = draft(world, {})
    sheet = SimpleUploadedFile("biosample.tsv", b"sample_name\tproject\n")
    answer = enter(client, world).post(f"/submissions/{made.code}/sheet", {"sheet": sheet}, follow=True)
    said = [str(one) for one in answer.context["messages"]]
    assert len(said) == 1 and "자료 행이 없습니다" in said[0]


def test_a_reader_sees_what_changed_by_the_labels_of_the_form(client: Client, world: World) -> None:
    """And takes the citation along with one press."""
    accepted(world, study())
    services_curation.curate_record(world.curator, "KAS00000001", "sex", "male", "mistyped")
    answer = client.get("/KAS00000001", headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.context["record"].version == 2
    label = field_label(answer.context["form"], "sex")
    assert label != "sex" and f"<dt>{label}</dt>" in page and "<dt>sex</dt>" not in page
    assert f'data-copy="{escape(answer.context["record"].citation)}"' in page


def test_what_was_asked_for_stands_on_top_of_a_returned_submission(client: Client, world: World) -> None:
    made = draft(world, study())
    address = f"/submissions/{made.code}/"
    assert "그룹 구성원에게 남기는 메모" in enter(client, world).get(address).content.decode()
    review(world, made)
    services_curation.comment(world.curator, made.pk, "단위는 무엇입니까?", "biosample", 1, "title")
    services_curation.return_(world.curator, made.pk, "단위를 적어 주세요")
    page = client.get(address).content.decode()
    before, _, after = page.partition('id="sheet"')
    assert "단위를 적어 주세요" in before and "보완을 요청했습니다." in before
    label = field_label(library().form("biosample"), "title")
    assert "큐레이터에게 보내는 메시지" in after and f"· {label}" in after and "· title" not in after
    services.submit(world.depositor, made.pk)
    assert "보완을 요청했습니다." not in client.get(address).content.decode()


def test_why_a_file_failed_is_said_in_words_and_its_name_once(client: Client, world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "study-1.fastq", verdict="fail")
    said = {"ko": "마지막 리드가 끊겼습니다.", "en": "The last read is cut off."}
    found = [{"code": "fastq-truncated", "severity": "error", "message": said}]
    InspectionResult.objects.filter(object=file.object_id).update(findings=found)
    services.check(made.pk)
    page = enter(client, world).get(f"/submissions/{made.code}/review/").content.decode()
    assert "검사를 통과하지 못했습니다. 마지막 리드가 끊겼습니다." in page and "fastq-truncated" not in page
    assert page.count("study-1.fastq") == 1
    assert f'href="/inspections/{file.pk}/"' in client.get(f"/submissions/{made.code}/files/").content.decode()


def test_an_empty_draft_leads_to_its_first_row_and_offers_nothing_to_hand_in(client: Client, world: World) -> None:
    made = services.create_submission(world.depositor, world.group.pk, title="새 연구")
    page = enter(client, world).get(f"/submissions/{made.code}/review/").content.decode()
    assert "메타데이터 작성하기" in page and f'action="/submissions/{made.code}/submit"' not in page
    assert 'class="done"' not in page
    assert "아직 행이 없습니다." in client.get(f"/submissions/{made.code}/biosample/").content.decode()
    assert (
        "문제가 있는 행이 없습니다."
        in client.get(f"/submissions/{made.code}/biosample/?only=problems").content.decode()
    )
    assert "아직 올린 파일이 없습니다." in client.get(f"/submissions/{made.code}/files/").content.decode()


def test_a_record_says_terms_in_the_readers_language_and_several_values_one_a_line(world: World) -> None:
    bundle = {name: [dict(row) for row in rows] for name, rows in reads().items()}
    bundle["biosample"][0]["sex"] = "female"
    bundle["ngs-run"][0]["file_names"] = "r_1.fastq;r_2.fastq"
    bundle["ngs-experiment"][0]["library_layout"] = "PAIRED"
    made = draft(world, bundle)
    for number in (1, 2):
        lay_file(made, f"r_{number}.fastq", f"@r\nA\n+\n{number}\n".encode())
    review(world, made)
    services_curation.accept(world.curator, made.pk)
    sample = Client().get("/KAS00000001", headers={"accept": "text/html", "accept-language": "ko"}).content.decode()
    assert 'female <span class="hint">(암)</span>' in sample
    english = Client().get("/KAS00000001", headers={"accept": "text/html", "accept-language": "en"}).content.decode()
    assert "<dd>female</dd>" in english
    run = Client().get("/KAR00000001", headers={"accept": "text/html"}).content.decode()
    assert "r_1.fastq<br>r_2.fastq" in run


def test_what_was_done_is_told_and_the_curator_stays_on_the_desk(client: Client, world: World) -> None:
    rows = {name: [dict(row) for row in one] for name, one in reads().items()}
    rows["biosample"][0]["strain"] = "bad strain"
    made = draft(world, rows)
    lay_file(made, "study-1.fastq", verdict="pass")
    services.submit(world.depositor, made.pk, exception_reason="It is what it is.")
    sent = enter(client, world).post(f"/submissions/{made.code}/do/comment", {"text": "Thank you."}, follow=True)
    assert [str(one) for one in sent.context["messages"]] == ["메시지를 보냈습니다."]

    client.force_login(User.objects.get(pk=world.curator.user_id))
    client.post(f"/desk/{made.code}/do/take")
    page = client.get(f"/desk/{made.code}/").content.decode()
    assert f"/submissions/{made.code}/biosample/" not in page
    assert 'href="?form=biosample&amp;page=1#row-1"' in page
    asked = client.get(f"/desk/{made.code}/", {"form": "biosample", "row": "1", "field": "strain"}).content.decode()
    assert '<option value="strain" selected>' in asked and 'name="position" inputmode="numeric"' in asked


def test_a_run_is_drawn_in_its_line_from_the_project(client: Client, world: World) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq")
    review(world, made)
    services_curation.accept(world.curator, made.pk)
    run = made.rows.get(form="ngs-run").record
    page = client.get(f"/{run.accession}").content.decode()
    line = page[page.index('<ol class="lineage">') : page.index("</ol>", page.index('<ol class="lineage">'))]
    accessions = [made.rows.get(form=form).record.accession for form in ("bioproject", "biosample", "ngs-experiment")]
    places = [line.index(each) for each in (*accessions, run.accession)]
    assert places == sorted(places) and line.count('aria-current="true"') == 1


def test_a_reason_for_an_exception_outlives_a_check_that_fails(client: Client, world: World) -> None:
    """Without scripts nothing else has kept it: the browser's own memory is a script."""
    made = draft(world, reads())  # its file is missing, which no curator lets pass
    address, typed = f"/submissions/{made.code}/submit", "장비 점검 중이었습니다 <1>"
    answer = enter(client, world).post(address, {"exception_reason": typed}, headers={"accept-language": "ko"})
    page = answer.content.decode()
    assert answer.status_code == 422 and f">{escape(typed)}</textarea>" in page
    assert '<details class="disclosure" open>' in page and "file-missing" in page
    assert [each.level_tag for each in answer.context["messages"]] == ["error"]
    made.refresh_from_db()
    assert made.state == "draft" and not made.comments.exists(), "what was not handed in says nothing to a curator"
    assert client.get(address).headers["Location"] == f"/submissions/{made.code}/review/", "in another language"
    without = client.post(address, {"exception_reason": " "})
    assert without.headers["Location"] == f"/submissions/{made.code}/review/"


def test_a_case_opens_on_the_first_form_with_problems(client: Client, world: World) -> None:
    rows = {name: [dict(row) for row in one] for name, one in reads().items()}
    rows["biosample"][0]["strain"] = "bad strain"
    made = draft(world, rows)
    file = lay_file(made, "study-1.fastq")
    services.submit(world.depositor, made.pk, exception_reason="It is what it is.")
    client.force_login(User.objects.get(pk=world.curator.user_id))
    address = f"/desk/{made.code}/"
    page = client.get(address)
    assert page.context["form"].form == "biosample"
    assert {one["form"].form: one["counts"].get("error", 0) for one in page.context["forms"]}["biosample"] == 1
    said = page.content.decode()
    assert "오류 1건</span></a>" in said and '<th scope="row">1 <span class="badge badge-danger"' in said
    assert f'name="next" value="{address}?form=biosample&amp;page=1#records"' in said, "a correction stays in its form"
    assert client.get(address, {"form": "bioproject"}).context["form"].form == "bioproject"
    assert client.get(address, {"form": "no-such"}).context["form"].form == "biosample"

    services_curation.take(world.curator, made.pk)
    (problem,) = made.problems.filter(severity="error")
    services_curation.override(world.curator, problem.pk, "알려진 사유")
    InspectionResult.objects.filter(object=file.object_id).update(verdict="warn")
    services.check(made.pk)
    assert client.get(address).context["form"].form == "ngs-run", "a warning, when no error is left"


def test_a_case_without_problems_opens_on_its_first_form(client: Client, world: World) -> None:
    made = review(world, draft(world, study()))
    client.force_login(User.objects.get(pk=world.curator.user_id))
    assert client.get(f"/desk/{made.code}/").context["form"].form == "bioproject"


def test_the_report_of_a_file_leads_back_to_where_the_reader_works(client: Client, world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "study-1.fastq")
    InspectionResult.objects.update(format="other")  # no charts
    review(world, made)

    def way() -> list[tuple[str, str]]:
        return list(client.get(f"/inspections/{file.pk}/", headers={"accept-language": "ko"}).context["crumbs"])

    enter(client, world)
    assert [url for _, url in way()] == [
        "/submissions/",
        f"/submissions/{made.code}/",
        f"/submissions/{made.code}/files/",
    ]
    client.force_login(User.objects.get(pk=world.curator.user_id))
    assert way() == [("큐레이션", "/desk/"), (made.code, f"/desk/{made.code}/")]
    services_curation.accept(world.curator, made.pk)
    client.force_login(User.objects.get(pk=world.auditor.user_id))
    assert way() == [(made.code, f"/submissions/{made.code}/")]
    client.logout()
    assert way() == [("KAR00000001", "/KAR00000001")], "who reads what is public comes from the record"


def test_what_a_curator_has_let_pass_looks_settled_and_acceptance_shows_its_accessions(
    client: Client, world: World
) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict="fail")
    services.submit(world.depositor, made.pk, exception_reason="It is what it is.")
    services_curation.take(world.curator, made.pk)
    client.force_login(User.objects.get(pk=world.curator.user_id))
    address = f"/desk/{made.code}/"
    before = client.get(address).content.decode()
    assert "예외 인정됨" not in before and "예외 인정 요청" in before and "#receipt" not in before
    (problem,) = made.problems.filter(severity="error")
    services_curation.override(world.curator, problem.pk, "알려진 장비 문제")
    page = client.get(address)
    (group,) = [each for each in page.context["groups"] if each.severity == "error"]
    assert (group.count, group.let_pass, group.is_settled) == (1, 1, True)
    checks = page.content.decode().partition('id="checks"')[2].partition('id="records"')[0]
    assert "예외 인정됨" in checks and "badge-danger" not in checks
    services_curation.accept(world.curator, made.pk)
    assert f'href="/submissions/{made.code}/#receipt"' in client.get(address).content.decode()


def test_what_the_clock_opened_is_told_in_words_and_a_certificate_leads_back(client: Client, world: World) -> None:
    made = accepted(world, study(), release_on=in_days(3))
    open_due(noon(in_days(4)))
    page = enter(client, world).get(f"/submissions/{made.code}/").content.decode()
    assert "자동 처리" in page and "system:clock" not in page
    paper = client.post(f"/submissions/{made.code}/certificate").headers["Location"]
    assert f'href="/submissions/{made.code}/#certificates"' in client.get(paper).content.decode()
    client.logout()
    assert f"/submissions/{made.code}/" not in client.get(paper).content.decode()


def test_what_is_left_of_an_embargo_is_counted_from_its_day_and_a_link_asks_before_it_ends(
    client: Client, world: World
) -> None:
    made = accepted(world, study(), release_on=in_days(30))
    page = enter(client, world).get(f"/submissions/{made.code}/").content.decode()
    assert f"지금보다 {embargo_of(made).days_left:,}일 연장 가능" in page and "일 남음" not in page
    client.post(f"/submissions/{made.code}/reviewers/", {"name": "Journal", "days": "5", "form": "biosample"})
    links = client.get(f"/submissions/{made.code}/reviewers/").content.decode()
    assert 'data-confirm="‘Journal’ 링크를 폐기할까요?' in links and 'href="/submissions/"' in links
