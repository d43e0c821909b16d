"""Every page of the desk, by room. A page that is not here is not there."""

from console.access import Page, routes
from console.accounts import pages as accounts_pages
from console.appeals import pages as appeals_pages
from console.audit import pages as audit_pages
from console.claims import pages as claims_pages
from console.emergency import pages as emergency_pages
from console.exceptions import pages as exceptions_pages
from console.portals import pages as portals_pages
from console.remittances import pages as remittances_pages
from console.reports import pages as reports_pages
from console.sign_in import pages as sign_in_pages
from console.tonight import pages as tonight_pages

PAGES: tuple[Page, ...] = (
    *sign_in_pages.PAGES,
    *tonight_pages.PAGES,
    *exceptions_pages.PAGES,
    *appeals_pages.PAGES,
    *claims_pages.PAGES,
    *remittances_pages.PAGES,
    *portals_pages.PAGES,
    *reports_pages.PAGES,
    *audit_pages.PAGES,
    *accounts_pages.PAGES,
    *emergency_pages.PAGES,
)

urlpatterns = routes(PAGES)

handler400 = "console.trouble.bad_request"
handler403 = "console.trouble.forbidden"
handler404 = "console.trouble.not_found"
handler500 = "console.trouble.failed"
