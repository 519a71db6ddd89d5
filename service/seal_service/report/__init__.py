"""Reports that explain one verification to a person at a bank, and that an auditor can keep."""

from seal_service.report.facts import ReportFacts
from seal_service.report.page import report_html
from seal_service.report.sheet import report_png

__all__ = ["ReportFacts", "report_html", "report_png"]
