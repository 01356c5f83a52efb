"""Who gets what from every address of the web face: the answer's status for every person of the worked case.

A new route without a row fails the suite. To add one, write its address (`{case}` is `/cases/<the worked case>`,
`{digest}` that of a file never handed over, `{nobody}` the id of nothing) and under each person what the rules say:
200 the page, 303 done or not its turn, 401 a stranger, 403 not in this role, 404 not there for this person, 409 and 422
let in, and sent nothing (a POST here carries its token and no more; to the API an empty command). A stranger's column
comes last.

The people:

    priya           practitioner of the lead, in the case team
    lena            practitioner of the lead who has not opened this case
    tom, ruth, kim  Team Manager; CSE Prevention Manager; deputy to both; practitioners too
    sam, mo         police: practitioner and Team Manager, both in the team
    hugo, dan       police: a colleague outside the team; one who has declared an interest
    helen, ben, asha  health, school and voluntary project: practitioners in the team
    pat, jo, lee, alex  partnership manager; reviewer of this case; auditor; administrator
"""

PEOPLE = (
    "priya", "lena", "tom", "ruth", "kim", "sam", "mo", "hugo", "dan", "helen", "ben", "asha", "pat", "jo", "lee",
    "alex", "stranger",
)  # fmt: skip

ROWS = """
# for everybody, and lists of one's own
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  /                                         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST /sign-out                                 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 401
GET  {static}/hub.css                          200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  /caseload                                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /caseload/drafts/discard                  303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 401
GET  /search                                   200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /search                                   422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
GET  /guidance                                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /policies                                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /ask                                      200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /ask                                      422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
GET  /ask/sent                                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /record                                   200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /record                                   422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
GET  /record/agreed                            200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /record/agreed                            422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
GET  /requests-to-place                        200 200 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  /requests-to-place/Q9                     404 404 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
POST /requests-to-place/Q9                     404 404 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
GET  /reviews/new                              403 403 403 403 403 403 403 403 403 403 403 403 200 403 403 403 401
POST /reviews/new                              403 403 403 403 403 403 403 403 403 403 403 403 422 403 403 403 401
GET  /reviews/opened                           200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /destructions                             403 403 200 200 200 403 200 403 403 403 403 403 200 403 403 403 401
GET  /possible-duplicates                      403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/links/{nobody}                     403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/links/{nobody}                     403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401

# signing in, one's own account, people and agencies
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
POST /choose                                   404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /sign-in                                  303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 200
POST /sign-in                                  303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 422
GET  /sign-in/code                             303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST /sign-in/code                             303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
GET  /sign-in/recovery-code                    303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST /sign-in/recovery-code                    303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
GET  /enrol/{digest}                           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST /enrol/{digest}                           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /enrol/password                           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST /enrol/password                           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /enrol/authenticator                      404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST /enrol/authenticator                      404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /account                                  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /account/sessions/end                     303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 401
POST /account/sessions/end-all                 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 401
GET  /account/password                         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /account/password                         422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /account/recovery-codes                   200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /account/recovery-codes                   422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /account/authenticator                    404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
POST /account/authenticator                    404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  /sign-in/passkey                          303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 200
POST /sign-in/passkey                          303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 422
GET  /sign-in/agency/csc                       404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /sign-in/agency/csc/return                404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /enrol/agency                             404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  /account/sure                             200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /account/sure                             422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /account/passkeys/new                     200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST /account/passkeys/new                     422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /account/passkeys/{digest}/remove         404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
POST /account/passkeys/{digest}/remove         404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  /account/agency-sign-in                   404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
POST /account/agency-sign-in                   404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  /account/agency-sign-in/remove            404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
POST /account/agency-sign-in/remove            404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  /people                                   403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
GET  /people/new                               403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
POST /people/new                               403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 422 401
GET  /people/agencies/new                      403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401
POST /people/agencies/new                      403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 422 401
GET  /people/{digest}                          403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
GET  /people/{digest}/roles/give               403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
POST /people/{digest}/roles/give               403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
GET  /people/{digest}/disable_account          403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
POST /people/{digest}/disable_account          403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
GET  /people/{digest}/invite                   403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
POST /people/{digest}/invite                   403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
POST /people/{digest}/roles/end                403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 401
GET  /accounts-to-confirm                      403 403 200 200 200 403 200 403 403 403 403 403 200 403 403 403 401
POST /accounts-to-confirm                      403 403 404 404 404 403 404 403 403 403 403 403 404 403 403 403 401
GET  /security-log                             403 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 401

# the API
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  /api/caseload                             200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /api/inbox                                200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /api/session                              200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  /api/destructions                         403 403 200 200 200 403 200 403 403 403 403 403 200 403 403 403 401
POST /api/cases                                409 409 409 409 409 409 409 409 409 409 409 409 409 409 409 409 401
POST /api/requests                             422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
POST /api/reviews                              403 403 403 403 403 403 403 403 403 403 403 403 422 403 403 403 401
GET  /api{case}                                200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/timeline                       200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/assessment                     200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/analysis-form                  200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/who-knew                       200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/corrections                    200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  /api{case}/destruction                    403 403 200 200 200 403 200 403 403 403 403 403 404 403 403 403 401
POST /api{case}/acts/record_concern            422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /api/possible-duplicates                  403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST /api{case}/links/link_cases               422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
POST /api{case}/destruction/stop_destruction   422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401

# the case: whoever comes to it; acts of practitioners, and of managers for their team
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}                                    200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/timeline                           200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/changes                            200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/assessment                         200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/analysis-form                      200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/who-knew                           200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/open-with-a-reason                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
POST {case}/open-with-a-reason                 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
POST {case}/chronology                         200 404 200 200 200 200 200 404 404 200 200 200 404 200 404 404 401
GET  {case}/concerns/new                       200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/concerns/new                       422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/details/new                        200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/details/new                        422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/people-of-concern/new              200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/people-of-concern/new              422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/plans/new                          200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/plans/new                          422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/consents/new                       200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/consents/new                       422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/justifications/new                 200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/justifications/new                 422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/requests/new                       200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/requests/new                       422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/referrals/new                      200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/referrals/new                      422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/onward/new                         200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/onward/new                         422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/shares/new                         200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
GET  {case}/interest                           200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/interest                           422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/team/add                           403 403 200 200 200 403 200 403 403 403 403 403 403 403 403 403 401
POST {case}/team/add                           403 403 422 422 422 403 422 403 403 403 403 403 403 403 403 403 401
GET  {case}/assessment/start                   200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/assessment/start                   422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/assessment/questions               200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/corrections/concern:C2/told/csc    422 404 422 422 422 403 403 404 404 403 403 403 404 403 404 404 401
GET  {case}/assessment/questions/1             200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
GET  {case}/assessment/questions/11            200 404 200 200 200 200 200 404 404 200 200 200 403 403 403 403 401
POST {case}/assessment/questions/1             422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/exports/{digest}/receipt           404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401

# what an agency holds, item by item
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/history/child.name                 200 404 200 200 200 200 200 404 404 200 200 404 404 200 404 404 401
GET  {case}/history/child.date_of_birth        200 404 200 200 200 200 200 404 404 200 200 404 404 200 404 404 401
GET  {case}/history/child.gender               200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/child.ethnicity            200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/child.disability           200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/child.first_language       200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/child.has_social_worker    200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/child.address              200 404 200 200 200 200 200 404 404 404 200 404 404 404 404 404 401
GET  {case}/history/child.postcode             200 404 200 200 200 200 200 404 404 404 200 404 404 404 404 404 401
GET  {case}/history/child.school               200 404 200 200 200 404 404 404 404 404 200 404 404 404 404 404 401
GET  {case}/history/safe_contact               200 404 200 200 200 404 404 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/carer:M1                   200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/concern:C1                 200 404 200 200 200 200 200 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/concern:C2                 200 404 200 200 200 200 200 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/concern:C3                 200 404 200 200 200 404 404 404 404 200 404 404 404 200 404 404 401
GET  {case}/history/concern:C4                 200 404 200 200 200 200 200 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/concern:C5                 200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/concern:C6                 200 404 200 200 200 200 200 404 404 200 404 404 404 200 404 404 401
GET  {case}/history/person:X1                  200 404 200 200 200 200 200 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/place:P1                   200 404 200 200 200 200 200 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/answers:csc                200 404 200 200 200 200 200 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/answers:school             200 404 200 200 200 200 200 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/answers:health             200 404 200 200 200 404 404 404 404 200 404 404 404 200 404 404 401
GET  {case}/history/ticks:csc                  200 404 200 200 200 404 404 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/risk                       200 404 200 200 200 200 200 404 404 404 200 404 404 200 404 404 401
GET  {case}/history/risk.reasons               200 404 200 200 200 404 404 404 404 404 404 404 404 200 404 404 401
GET  {case}/history/plan:school                200 404 200 200 200 404 404 404 404 404 200 404 404 200 404 404 401
GET  /api{case}/history/concern:C1             200 404 200 200 200 200 200 404 404 404 200 404 404 200 404 404 401

# acts on one concern: its recorders put it right or take it back, others who see it disagree
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/concerns/C1/correct                404 404 404 404 404 404 404 404 404 404 200 404 403 403 403 403 401
GET  {case}/concerns/C2/correct                404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C3/correct                404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
GET  {case}/concerns/C4/correct                404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C5/correct                404 404 404 404 404 404 404 404 404 404 200 404 403 403 403 403 401
GET  {case}/concerns/C6/correct                404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
POST {case}/concerns/C1/correct                422 404 422 422 422 422 422 404 404 422 422 422 403 403 403 403 401
GET  {case}/concerns/C1/retract                404 404 404 404 404 404 404 404 404 404 200 404 403 403 403 403 401
GET  {case}/concerns/C2/retract                404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C3/retract                404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
GET  {case}/concerns/C4/retract                404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C5/retract                404 404 404 404 404 404 404 404 404 404 200 404 403 403 403 403 401
GET  {case}/concerns/C6/retract                404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
POST {case}/concerns/C1/retract                404 404 404 404 404 404 404 404 404 404 422 404 403 403 403 403 401
GET  {case}/concerns/C1/disagree               200 404 200 200 200 200 200 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C2/disagree               200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C3/disagree               200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C4/disagree               200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C5/disagree               200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/concerns/C6/disagree               200 404 200 200 200 200 200 404 404 404 404 404 403 403 403 403 401
POST {case}/concerns/C1/disagree               422 404 422 422 422 422 422 404 404 404 404 404 403 403 403 403 401

# a consent: whoever has it before them
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/consents/K1/withdraw               404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
GET  {case}/consents/K2/withdraw               200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
POST {case}/consents/K2/withdraw               422 404 422 422 422 404 404 404 404 404 404 404 403 403 403 403 401

# a share: whoever made it and the lead end it; its two parties hold its receipt
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/shares/S1/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S2/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S3/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S4/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S5/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S6/withdraw                 200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S7/withdraw                 404 404 404 404 404 404 404 404 404 200 404 404 403 403 403 403 401
POST {case}/shares/S3/withdraw                 422 404 422 422 422 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/S3/made                     200 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 401
POST {case}/shares/S3/undo                     422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  {case}/decisions/S1/receipt               200 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404 401
GET  {case}/decisions/S2/receipt               200 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404 401
GET  {case}/decisions/S3/receipt               200 404 200 200 200 404 404 404 404 404 200 404 404 404 404 404 401
GET  {case}/decisions/S4/receipt               200 404 200 200 200 404 404 404 404 404 404 200 404 404 404 404 401
GET  {case}/decisions/S5/receipt               200 404 200 200 200 404 404 404 404 404 404 200 404 404 404 404 401
GET  {case}/decisions/S6/receipt               200 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404 401
GET  {case}/decisions/S7/receipt               404 404 404 404 404 200 200 404 404 200 404 404 404 404 404 404 401

# a share with an agency: with any but one's own, and not with the office, which holds no records
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/shares/with/csc                    404 404 404 404 404 200 200 404 404 200 200 200 403 403 403 403 401
GET  {case}/shares/with/police                 200 404 200 200 200 404 404 404 404 200 200 200 403 403 403 403 401
GET  {case}/shares/with/health                 200 404 200 200 200 200 200 404 404 404 200 200 403 403 403 403 401
GET  {case}/shares/with/school                 200 404 200 200 200 200 200 404 404 200 404 200 403 403 403 403 401
GET  {case}/shares/with/riverbank              200 404 200 200 200 200 200 404 404 200 200 404 403 403 403 403 401
GET  {case}/shares/with/partnership            404 404 404 404 404 404 404 404 404 404 404 404 403 403 403 403 401
POST {case}/shares/with/partnership            404 404 404 404 404 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/shares/with/partnership/reasoning  404 404 404 404 404 404 404 404 404 404 404 404 403 403 403 403 401
POST {case}/shares/with/police                 200 404 200 200 200 404 404 404 404 200 200 200 403 403 403 403 401
GET  {case}/shares/with/school/reasoning       200 404 200 200 200 200 200 404 404 200 404 200 403 403 403 403 401
POST {case}/shares/with/school/reasoning       422 404 422 422 422 422 422 404 404 422 404 422 403 403 403 403 401

# a referral: answered where it went, escalated and packed where it came from, proven to both
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/referrals/R1/acknowledge           200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/referrals/R2/acknowledge           404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
POST {case}/referrals/R2/acknowledge           404 404 404 404 404 422 422 404 404 404 404 404 403 403 403 403 401
GET  {case}/referrals/R1/conclude              200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/referrals/R2/conclude              404 404 404 404 404 200 200 404 404 404 404 404 403 403 403 403 401
POST {case}/referrals/R2/conclude              404 404 404 404 404 422 422 404 404 404 404 404 403 403 403 403 401
GET  {case}/referrals/R1/escalate              404 404 404 404 404 404 404 404 404 404 200 404 403 403 403 403 401
GET  {case}/referrals/R2/escalate              200 404 200 200 200 404 404 404 404 404 404 404 403 403 403 403 401
POST {case}/referrals/R2/escalate              422 404 422 422 422 404 404 404 404 404 404 404 403 403 403 403 401
GET  {case}/referrals/R1/receipt               200 404 200 200 200 404 404 404 404 404 200 404 404 404 404 404 401
GET  {case}/referrals/R2/receipt               200 404 200 200 200 200 200 404 404 404 404 404 404 404 404 404 401
POST {case}/referrals/R1/pack                  404 404 404 404 404 404 404 404 404 404 200 404 404 404 404 404 401
POST {case}/referrals/R2/pack                  200 404 200 200 200 404 404 404 404 404 404 404 404 404 404 404 401

# the level of risk: signed by the two managers of the lead, proposed by its practitioners
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/assessment/end                     200 404 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/assessment/end                     422 404 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/propose                       200 404 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/risk/propose                       422 404 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/A1                            403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/A2                            403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/A3                            403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/risk/A3                            403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/actions                       200 404 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/A3/actions/strategy_meeting/date 200 404 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/risk/A3/actions/strategy_meeting/date 422 404 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/risk/A3/actions/strategy_meeting/outcome 200 404 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/risk/A3/actions/strategy_meeting/outcome 422 404 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401

# sealing, coming in on duty or in an emergency, and who has looked
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  /duty                                     200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /duty                                     422 422 422 422 422 422 422 422 422 422 422 422 403 403 403 403 401
POST /duty/D9/end                              422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /duty/open                                200 200 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST /duty/open                                422 422 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/open-on-duty                       200 200 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/open-on-duty                       422 422 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  /emergency                                403 403 403 403 403 200 200 200 200 200 200 403 403 403 403 403 401
POST /emergency                                403 403 403 403 403 422 422 422 422 422 422 403 403 403 403 403 401
GET  {case}/ways-in/E9/review                  403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/ways-in/E9/review                  403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/seal                               403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/seal                               403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/seal/lift                          403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/seal/lift                          403 403 422 422 422 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/ways-in/W9/review                  403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
POST {case}/ways-in/W9/review                  403 403 404 404 404 403 403 403 403 403 403 403 403 403 403 403 401
GET  {case}/looks                              200 404 200 200 200 403 403 404 404 403 403 403 404 403 404 404 401
POST {case}/looks                              200 404 200 200 200 403 403 404 404 403 403 403 404 403 404 404 401
GET  /api/duty                                 200 200 200 200 200 200 200 200 200 200 200 200 403 403 403 403 401
POST /api/duty/assign_duty                     422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
POST /api/duty/open                            422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
POST /api/emergency                            422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
POST /api{case}/open-on-duty                   422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 422 401
GET  /api{case}/seal                           403 403 200 200 200 403 403 403 403 403 403 403 403 403 403 403 401
GET  /api{case}/looks                          200 404 200 200 200 403 403 404 404 403 403 403 404 403 404 404 401

# destroying: managers who come to the case; each step only when it is its turn
#                                              pri len tom rut kim sam mo  hug dan hel ben ash pat jo  lee ale -
GET  {case}/destruction                        403 403 200 200 200 403 200 403 403 403 403 403 404 403 403 403 401
GET  {case}/destruction/lift-hold              403 403 200 200 200 403 303 403 403 403 403 403 404 403 403 403 401
POST {case}/destruction/lift-hold              403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401
GET  {case}/destruction/propose                403 403 303 303 303 403 303 403 403 403 403 403 404 403 403 403 401
POST {case}/destruction/propose                403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401
GET  {case}/destruction/agree                  403 403 303 303 303 403 303 403 403 403 403 403 404 403 403 403 401
POST {case}/destruction/agree                  403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401
GET  {case}/destruction/stop                   403 403 303 303 303 403 303 403 403 403 403 403 404 403 403 403 401
POST {case}/destruction/stop                   403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401
GET  {case}/destruction/hold                   403 403 303 303 303 403 303 403 403 403 403 403 404 403 403 403 401
POST {case}/destruction/hold                   403 403 422 422 422 403 422 403 403 403 403 403 404 403 403 403 401
"""


def rows(table: str = ROWS) -> list[tuple[str, str, dict[str, int]]]:
    """Method, address as the table writes it, and the status for each person."""
    lines = [line.split() for line in table.splitlines() if line and not line.startswith("#")]
    return [(method, path, dict(zip(PEOPLE, map(int, cells), strict=True))) for method, path, *cells in lines]
