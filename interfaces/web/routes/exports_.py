"""Files that leave the hub, on record as handed over before they are, and the receipts that prove it."""

import io
import json
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from application.queries.chronology import chronology
from application.queries.pack import referral_pack
from application.queries.receipts import decision_receipt, export_receipt, referral_receipt
from interfaces.exports import chronology as chronology_file
from interfaces.exports.pack import as_zip, lay_out
from interfaces.web.auth import desk

blueprint = Blueprint("exports", __name__)


@blueprint.post("/cases/<uuid:case_id>/referrals/<ref:ref>/pack")
def pack(case_id: UUID, ref: str) -> Response:
    at = desk()
    as_read_here = partial(
        lay_out, names=at.hub.directory(), zone=at.settings.zone, contacts=at.settings.contacts or None
    )
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


@blueprint.get("/cases/<uuid:case_id>/decisions/<ref:decision>/receipt")
def receipt_of_decision(case_id: UUID, decision: str) -> Response:
    at = desk()
    return _receipt(decision_receipt(at.hub, at.who, case_id, decision), f"receipt-decision-{decision}")


@blueprint.get("/cases/<uuid:case_id>/referrals/<ref:ref>/receipt")
def receipt_of_referral(case_id: UUID, ref: str) -> Response:
    at = desk()
    return _receipt(referral_receipt(at.hub, at.who, case_id, ref), f"receipt-referral-{ref}")


@blueprint.get("/cases/<uuid:case_id>/exports/<digest:digest>/receipt")
def receipt_of_export(case_id: UUID, digest: str) -> Response:
    at = desk()
    return _receipt(export_receipt(at.hub, at.who, case_id, digest), "receipt-export")


def _receipt(receipt: dict[str, Any], name: str) -> Response:
    file = io.BytesIO(json.dumps(receipt, ensure_ascii=False, indent=1).encode())
    return send_file(file, "application/json", as_attachment=True, download_name=f"{name}.json", max_age=0)
