from django.urls import path, register_converter

from biomoa.records import pages, pages_desk, pages_forms, pages_record


class SubmissionCode:
    regex = r"SUB\d{8,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SubmissionCode, "code")

urlpatterns = [
    path("submissions/", pages.submissions, name="submissions"),
    path("submissions/new", pages.new, name="new_submission"),
    path("submissions/<code:code>/", pages.submission, name="submission"),
    path("submissions/<code:code>/details", pages.change_details, name="change_details"),
    path("submissions/<code:code>/sheet", pages.upload_sheet, name="upload_sheet"),
    path("submissions/<code:code>/files/", pages.files, name="submission_files"),
    path("submissions/<code:code>/files/match", pages.match_files, name="match_files"),
    path("submissions/<code:code>/review/", pages.review, name="review"),
    path("submissions/<code:code>/corrections", pages.accept_corrections, name="accept_corrections"),
    path("submissions/<code:code>/submit", pages.submit, name="submit"),
    path("submissions/<code:code>/do/<slug:verb>", pages.give, name="give"),
    path("submissions/<code:code>/<slug:form>/", pages.rows, name="rows"),
    path("submissions/<code:code>/<slug:form>/new", pages.row, name="new_row"),
    path("submissions/<code:code>/<slug:form>/<int:position>/", pages.row, name="row"),
    path("submissions/<code:code>/<slug:form>/<int:position>/delete", pages.delete_row, name="delete_row"),
    path("desk/", pages_desk.desk, name="desk"),
    path("desk/<code:code>/", pages_desk.case, name="case"),
    path("desk/<code:code>/do/<slug:verb>", pages_desk.decide, name="decide"),
    path("forms/", pages_forms.forms, name="forms"),
    path("forms/template.xlsx", pages_forms.template, name="template"),
    path("forms/<slug:name>/", pages_forms.form, name="form"),
    path("forms/<slug:name>/schema.json", pages_forms.schema, name="form_schema"),
    path("rules/", pages_forms.problem_rules, name="rules"),
    path("records/<slug:accession>/edit", pages_record.edit, name="edit_record"),
    path("records/<slug:accession>/do/<slug:verb>", pages_record.give, name="give_record"),
]
