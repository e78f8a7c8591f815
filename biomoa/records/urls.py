from django.urls import path, register_converter

from biomoa.records import (
    pages,
    pages_certificates,
    pages_desk,
    pages_forms,
    pages_human,
    pages_quarantine,
    pages_record,
    pages_reviewing,
    pages_umbrellas,
)


class SubmissionCode:
    regex = r"SUB\d{8,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Secret(SubmissionCode):
    regex = r"[A-Za-z0-9_-]{40,64}"


register_converter(SubmissionCode, "code")
register_converter(Secret, "secret")

urlpatterns = [
    path("submissions/", pages.submissions, name="submissions"),
    path("submissions/new", pages.new, name="new_submission"),
    path("submissions/<code:code>/", pages.submission, name="submission"),
    path("submissions/<code:code>/details", pages.change_details, name="change_details"),
    path("submissions/<code:code>/sheet", pages.upload_sheet, name="upload_sheet"),
    path("quarantine/", pages_quarantine.overview, name="quarantine"),
    path("quarantine/<int:file_id>/<slug:command>", pages_quarantine.decide, name="settle_quarantine"),
    path("submissions/<code:code>/files/", pages.files, name="submission_files"),
    path("submissions/<code:code>/files/match", pages.match_files, name="match_files"),
    path("submissions/<code:code>/human-data/", pages_human.human_data, name="human_data"),
    path("submissions/<code:code>/review/", pages.review, name="review"),
    path("submissions/<code:code>/corrections", pages.accept_corrections, name="accept_corrections"),
    path("submissions/<code:code>/submit", pages.submit, name="submit"),
    path("submissions/<code:code>/do/<slug:verb>", pages.give, name="give"),
    path("submissions/<code:code>/certificate", pages_certificates.issue_for_submission, name="certify_submission"),
    path("submissions/<code:code>/reviewers/", pages_reviewing.reviewers, name="reviewers"),
    path("submissions/<code:code>/reviewers/<int:link_id>/", pages_reviewing.log, name="review_log"),
    path("submissions/<code:code>/reviewers/<int:link_id>/revoke", pages_reviewing.revoke, name="revoke_review"),
    path("submissions/<code:code>/<slug:form>/", pages.rows, name="rows"),
    path("submissions/<code:code>/<slug:form>/new", pages.row, name="new_row"),
    path("submissions/<code:code>/<slug:form>/<int:position>/", pages.row, name="row"),
    path("submissions/<code:code>/<slug:form>/<int:position>/delete", pages.delete_row, name="delete_row"),
    path("desk/", pages_desk.desk, name="desk"),
    path("desk/<code:code>/", pages_desk.case, name="case"),
    path("desk/<code:code>/human-data/", pages_desk.human_data, name="human_case"),
    path("desk/<code:code>/do/<slug:verb>", pages_desk.decide, name="decide"),
    path("forms/", pages_forms.forms, name="forms"),
    path("forms/template.xlsx", pages_forms.template, name="template"),
    path("forms/<slug:name>/", pages_forms.form, name="form"),
    path("forms/<slug:name>/schema.json", pages_forms.schema, name="form_schema"),
    path("rules/", pages_forms.problem_rules, name="rules"),
    path("records/<slug:accession>/certificate", pages_certificates.issue_for_record, name="certify_record"),
    path("certificates/", pages_certificates.look_up, name="certificates"),
    path("certificates/<str:code>.pdf", pages_certificates.document, name="certificate_pdf"),
    path("certificates/<str:code>", pages_certificates.show, name="certificate"),
    path("review/<secret:secret>/", pages_reviewing.shown, name="review_shown"),
    path("review/<secret:secret>/<slug:accession>/", pages_reviewing.shown_record, name="review_record"),
    path("review/<secret:secret>/files/<int:file_id>/<path:name>", pages_reviewing.shown_file, name="review_file"),
    path("umbrellas/", pages_umbrellas.overview, name="umbrellas"),
    path("umbrellas/new", pages_umbrellas.make, name="make_umbrella"),
    path("umbrellas/requests/<int:request_id>/<slug:verb>", pages_umbrellas.answer, name="answer_umbrella"),
    path("records/<slug:accession>/umbrella", pages_umbrellas.place, name="umbrella"),
    path("records/<slug:accession>/umbrella/link", pages_umbrellas.link, name="link_umbrella"),
    path("records/<slug:accession>/umbrella/unlink", pages_umbrellas.unlink, name="unlink_umbrella"),
    path("records/<slug:accession>/edit", pages_record.edit, name="edit_record"),
    path("records/<slug:accession>/do/<slug:verb>", pages_record.give, name="give_record"),
]
