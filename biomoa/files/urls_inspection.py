"""Addresses of inspection reports, below /inspections/."""

from django.urls import path

from biomoa.files import pages_inspection

urlpatterns = [
    path("<int:file_id>/", pages_inspection.inspection, name="inspection"),
    path("<int:file_id>/chart-<int:number>.svg", pages_inspection.chart, name="inspection_chart"),
    path("<int:file_id>.json", pages_inspection.as_json, name="inspection_json"),
    path("<int:file_id>_mqc.json", pages_inspection.for_multiqc, name="inspection_multiqc"),
]
