"""Certificates: what they say, that they freeze nothing, and that nobody can change one unseen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.people.rules import NOBODY
from biomoa.records import certificates, services, services_curation, services_release
from biomoa.records.certificates_pdf import document_context, lay_out, render_pdf
from biomoa.records.models import Certificate, Version
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.test_release import in_days
from tests.records.world import World, accepted, draft, project, review, sample, study

HOSTILE = (
    '<script>alert(1)</script><img src="file:///etc/passwd"><link rel="attachment" href="/etc/passwd"> {{ 7|add:7 }}'
)


def test_a_record_is_certified_in_its_version_and_stays_free(world: World) -> None:
    accepted(world, study(2))
    made = certificates.certify_record(world.depositor, "KAP000001")
    assert made.facts["title"] == "Study study-1" and made.facts["members"] == {"biosample": 2}
    assert certificates.certify_record(world.manager, "KAP000001") == made, "the same words, the same day"
    told = certificates.verify(made.code.lower().replace("-", " "))
    assert (told.verdict, told.newer, told.gone, told.is_public) == ("genuine", 0, 0, True)
    changed = services.propose_revision(world.depositor, "KAP000001", {"project_type": "primary", "title": "Renamed"})
    services_curation.accept(world.curator, review(world, changed).pk)
    told = certificates.verify(made.code)
    assert (told.verdict, told.newer, told.facts["title"]) == ("genuine", 1, "Study study-1")
    old = certificates.certify_record(world.depositor, "KAP000001", 1)
    assert old.facts["digest"] == made.facts["digest"]
    new = certificates.certify_record(world.depositor, "KAP000001")
    assert new.code != made.code and new.facts["version"] == 2 and new.facts["title"] == "Renamed"


def test_a_submission_is_certified_with_all_its_records(world: World) -> None:
    made = accepted(world, study(60), release_on=in_days(30))
    paper = certificates.certify_submission(world.depositor, made.pk)
    assert paper.facts["count"] == 61 and len(paper.facts["listed"]) == certificates.LISTED
    assert [(each["form"], each["count"]) for each in paper.facts["forms"]] == [("bioproject", 1), ("biosample", 60)]
    assert not certificates.verify(paper.code).is_public
    # A later revision of one record by another submission is news, not a change of the certificate.
    changed = draft(world, {"biosample": [sample("study-1-S7", sex="male")]})
    services_curation.accept(world.curator, review(world, changed).pk)
    told = certificates.verify(paper.code)
    assert (told.verdict, told.newer) == ("genuine", 1)
    services_release.withdraw_record(world.curator, "KAS00000003", "consent")
    told = certificates.verify(paper.code)
    assert (told.verdict, told.gone, told.facts["title"], told.facts["listed"]) == ("genuine", 1, "", [])


def test_whoever_alters_a_certificate_or_what_it_covers_is_seen(world: World) -> None:
    submission = accepted(world, study(1))
    paper = certificates.certify_record(world.depositor, "KAP000001")
    whole = certificates.certify_submission(world.depositor, submission.pk)
    forged = {**paper.facts, "title": "Forged"}
    Certificate.objects.filter(pk=paper.pk).update(facts=forged, digest=certificates._digest(forged))
    assert certificates.verify(paper.code).verdict == "altered" and not certificates.verify(paper.code).facts
    Certificate.objects.filter(pk=paper.pk).update(facts=paper.facts, digest=paper.digest)
    assert certificates.verify(paper.code).verdict == "genuine"
    Version.objects.filter(record__accession="KAP000001").update(values={"title": "Silently other"})
    assert certificates.verify(paper.code).verdict == "altered"
    Version.objects.filter(record__accession="KAS00000001").update(digest="0" * 64)
    assert certificates.verify(whole.code).verdict == "altered"


def test_only_the_group_and_the_center_issue_and_take_the_document(world: World) -> None:
    submission = accepted(world, study(1), release_on=in_days(30))
    paper = certificates.certify_record(world.curator, "KAP000001")
    for actor in (world.stranger, NOBODY):
        with pytest.raises(NotFound):
            certificates.certify_record(actor, "KAP000001")
        with pytest.raises(NotFound):
            certificates.get_own(actor, paper.code)
        assert certificates.certificates_of(actor, record_id=paper.record_id) == []
    with pytest.raises(PermissionDenied):
        certificates.certify_submission(world.auditor, submission.pk)
    assert certificates.certificates_of(world.manager, record_id=paper.record_id) == [paper]
    with pytest.raises(NotFound):
        certificates.certify_record(world.depositor, "KAP000001", 9)
    with pytest.raises(Refusal):
        certificates.certify_submission(world.depositor, draft(world, study(1, "later")).pk)
    with pytest.raises(NotFound):
        certificates.verify("00000-00000-00000-00000")


def test_private_fields_are_not_on_paper(world: World) -> None:
    accepted(world, {"bioproject": [project(contact="kim@example.org")]})
    assert "kim@" not in str(certificates.certify_record(world.depositor, "KAP000001").facts)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_hostile_titles_are_inert_in_the_document(world: World, language: str) -> None:
    world.group.name_ko = world.group.name_en = f"{HOSTILE} \u202egnp.\x07 한글"
    world.group.save()
    accepted(world, {"bioproject": [project(title=HOSTILE)]})
    made = certificates.certify_record(world.depositor, "KAP000001")
    assert made.facts["group"]["ko"] == f"{HOSTILE} gnp. 한글"
    pdf = lay_out(made, language).write_pdf(uncompressed_pdf=True, pdf_version="1.4")  # type: ignore[arg-type]
    assert b"/Type /Page" in pdf and b"/Title" in pdf, "the parts of the document are readable here"
    assert b"root:" not in pdf and b"/etc/passwd" not in pdf
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|OpenAction|URI)\b", pdf)


def test_ten_thousand_samples_make_a_short_document(world: World) -> None:
    submission = accepted(world, study(10_000), release_on=in_days(30))
    paper = certificates.certify_submission(world.depositor, submission.pk)
    assert len(lay_out(paper, "ko").pages) <= 3 and len(render_pdf(paper, "ko")) < 600_000
    assert document_context(paper, "ko")["unlisted"] == 10_001 - certificates.LISTED
    assert certificates.verify(paper.code).verdict == "genuine"


@given(st.text())
def test_a_code_is_read_as_it_may_be_typed(text: str) -> None:
    code = certificates.new_code()
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert certificates.normal_code(typed) == code
    assert certificates.normal_code(text) in ("", certificates.normal_code(certificates.normal_code(text)))


@given(st.text())
def test_inert_text_is_one_line_without_signs_that_steer(text: str) -> None:
    kept = certificates.inert(text)
    assert kept.isprintable() or all(c.isprintable() or c in "\u2028\xa0\u3000" or c.isspace() for c in kept)
    assert len(kept) <= certificates.TITLE_SIGNS and not set(kept) & set("\n\r\x00\u202e\u200f")
