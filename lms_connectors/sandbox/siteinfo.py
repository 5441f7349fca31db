"""What the site says about itself; it is answered even where every real call is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_connectors.sandbox.site import RELEASE, SERVICE_USER, VERSION, SandboxSite

_MEGABYTES = 1024 * 1024


def describe(site: SandboxSite, functions: Iterable[str]) -> dict[str, Any]:
    """core_webservice_get_site_info, with the functions of the service."""
    return {
        "sitename": site.name,
        "username": "svc_sync",
        "firstname": "Layanan",
        "lastname": "Sinkron",
        "fullname": "Layanan Sinkron",
        "lang": "en",
        "userid": SERVICE_USER,
        "siteurl": site.home_page,
        "userpictureurl": f"{site.home_page}/theme/image.php/boost/core/1/u/f1",
        "functions": [{"name": name, "version": VERSION} for name in functions],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": RELEASE,
        "version": VERSION,
        "mobilecssurl": "",
        "advancedfeatures": [{"name": "enablecompletion", "value": 1}],
        "usercanmanageownfiles": True,
        "userquota": 100 * _MEGABYTES,
        "usermaxuploadfilesize": 64 * _MEGABYTES,
        "userhomepage": 1,
        "userprivateaccesskey": "",
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": False,
        "theme": "boost",
        "limitconcurrentlogins": 0,
    }
