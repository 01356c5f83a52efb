"""Files that leave the hub: the pack of a referral, on record as handed over before it is."""

import io
from functools import partial
from uuid import UUID

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from application.queries.chronology import chronology
from application.queries.pack import referral_pack
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import as_zip, lay_out
from interfaces.web.auth import desk

blueprint = Blueprint("exports", __name__)


@blueprint.post("/cases/<uuid:case_id>/referrals/<ref:ref>/pack")
def pack(case_id: UUID, ref: str) -> Response:
    at = desk()
    as_read_here = partial(lay_out, names=at.hub.directory(), zone=at.settings.zone)
    _, files = referral_pack(at.hub, at.who, case_id, ref, as_read_here)
    name = f"referral-{ref}-{at.hub.now():%Y%m%d-%H%M}.zip"
    return send_file(io.BytesIO(as_zip(files)), "application/zip", as_attachment=True, download_name=name, max_age=0)


@blueprint.post("/cases/<uuid:case_id>/chronology")
def table(case_id: UUID) -> Response:
    at = desk()
    as_read_here = partial(chronology_file.lay_out, names=at.hub.directory(), zone=at.settings.zone)
    file = chronology(at.hub, at.who, case_id, as_read_here)
    name = f"chronology-{at.hub.now():%Y%m%d-%H%M}.csv"
    return send_file(io.BytesIO(file), "text/csv", as_attachment=True, download_name=name, max_age=0)
