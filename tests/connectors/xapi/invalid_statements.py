"""Statements that break one rule each, by the name of the fault, with the place that must be named."""

from __future__ import annotations

from typing import Any

from tests.connectors.xapi.samples import ACTIVITY, AGENT, ATTACHMENT, REFERENCE, plain, substatement

GROUP = {"objectType": "Group", "member": [AGENT]}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in plain().items() if key not in keys}


def about(definition: dict[str, Any]) -> dict[str, Any]:
    return plain(object={**ACTIVITY, "definition": definition})


def attached(**changed: Any) -> dict[str, Any]:
    return plain(attachments=[{**ATTACHMENT, **changed}])


ROWS: dict[str, tuple[Any, str]] = {
    "not_an_object": ("text", ""),
    "no_actor": (without("actor"), ""),
    "no_verb": (without("verb"), ""),
    "no_object": (without("object"), ""),
    "unknown_key": (plain(extra=1), ""),
    "key_in_other_case": (plain(Result={}), ""),
    "null_property": (plain(result=None), ".result"),
    "id_no_uuid": (plain(id="1"), ".id"),
    "id_without_hyphens": (plain(id="8f87ccdebb564c2eab8344982ef22df0"), ".id"),
    "id_of_another_variant": (plain(id="8f87ccde-bb56-4c2e-fb83-44982ef22df0"), ".id"),
    "version_2": (plain(version="2.0.0"), ".version"),
    "version_without_patch": (plain(version="1.0"), ".version"),
    "actor_null": (plain(actor=None), ".actor"),
    "actor_without_identifier": (plain(actor={"name": "Dewi"}), ".actor"),
    "actor_with_two_identifiers": (plain(actor={**AGENT, "openid": "http://id.test"}), ".actor"),
    "actor_type_in_other_case": (plain(actor={**AGENT, "objectType": "agent"}), ".actor.objectType"),
    "agent_with_members": (plain(actor={**AGENT, "member": [AGENT]}), ".actor"),
    "actor_name_number": (plain(actor={**AGENT, "name": 7}), ".actor.name"),
    "mbox_without_mailto": (plain(actor={"mbox": "asn@instansi.test"}), ".actor.mbox"),
    "mbox_empty": (plain(actor={"mbox": ""}), ".actor.mbox"),
    "sha1_too_short": (plain(actor={"mbox_sha1sum": "a" * 39}), ".actor.mbox_sha1sum"),
    "openid_without_scheme": (plain(actor={"openid": "id.test/1"}), ".actor.openid"),
    "account_without_name": (plain(actor={"account": {"homePage": "http://a.test"}}), ".actor.account"),
    "account_name_empty": (
        plain(actor={"account": {"homePage": "http://a.test", "name": ""}}),
        ".actor.account.name",
    ),
    "account_name_number": (
        plain(actor={"account": {"homePage": "http://a.test", "name": 11}}),
        ".actor.account.name",
    ),
    "account_home_without_scheme": (
        plain(actor={"account": {"homePage": "a.test", "name": "x"}}),
        ".actor.account.homePage",
    ),
    "account_key_in_other_case": (
        plain(actor={"account": {"homepage": "http://a.test", "name": "x"}}),
        ".actor.account",
    ),
    "anonymous_group_without_members": (plain(actor={"objectType": "Group"}), ".actor"),
    "group_with_two_identifiers": (plain(actor={**GROUP, **AGENT, "openid": "http://i.test"}), ".actor"),
    "group_in_group": (plain(actor={**GROUP, "member": [GROUP]}), ".actor.member[0].objectType"),
    "member_no_array": (plain(actor={**GROUP, "member": AGENT}), ".actor.member"),
    "authority_of_three": (plain(authority={**GROUP, "member": [AGENT] * 3}), ".authority"),
    "authority_null_inside": (plain(authority={"mbox": None}), ".authority.mbox"),
    "verb_text": (plain(verb="completed"), ".verb"),
    "verb_without_id": (plain(verb={"display": {"en": "x"}}), ".verb"),
    "verb_id_without_scheme": (plain(verb={"id": "completed"}), ".verb.id"),
    "verb_id_with_blank": (plain(verb={"id": "http://e.test/a b"}), ".verb.id"),
    "verb_display_text": (plain(verb={"id": "http://e.test/v", "display": "x"}), ".verb.display"),
    "verb_display_bad_tag": (
        plain(verb={"id": "http://e.test/v", "display": {"en_us": "x"}}),
        ".verb.display",
    ),
    "verb_display_null": (plain(verb={"id": "http://e.test/v", "display": {"en": None}}), ".verb.display"),
    "voided_activity": (plain(verb=VOIDED), ".object"),
    "object_without_id": (plain(object={}), ".object"),
    "object_type_unknown": (plain(object={**ACTIVITY, "objectType": "Course"}), ".object.objectType"),
    "object_type_null": (plain(object={**ACTIVITY, "objectType": None}), ".object.objectType"),
    "object_type_list": (plain(object={**ACTIVITY, "objectType": []}), ".object.objectType"),
    "object_id_without_scheme": (plain(object={"id": "course/21"}), ".object.id"),
    "object_agent_without_type": (plain(object=AGENT), ".object"),
    "reference_without_id": (plain(object={"objectType": "StatementRef"}), ".object"),
    "reference_id_no_uuid": (plain(object={**REFERENCE, "id": "x"}), ".object.id"),
    "definition_unknown_key": (about({"title": "x"}), ".object.definition"),
    "definition_type_no_iri": (about({"type": "course"}), ".object.definition.type"),
    "definition_more_info_no_iri": (about({"moreInfo": ""}), ".object.definition.moreInfo"),
    "definition_name_text": (about({"name": "x"}), ".object.definition.name"),
    "interaction_unknown": (about({"interactionType": "Choice"}), ".object.definition.interactionType"),
    "interaction_without_type": (about({"correctResponsesPattern": ["a"]}), ".object.definition"),
    "pattern_of_numbers": (
        about({"interactionType": "numeric", "correctResponsesPattern": [1]}),
        ".object.definition.correctResponsesPattern[0]",
    ),
    "component_twice": (
        about({"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]}),
        ".object.definition.choices",
    ),
    "component_without_id": (
        about({"interactionType": "likert", "scale": [{}]}),
        ".object.definition.scale[0]",
    ),
    "extension_key_no_iri": (about({"extensions": {"x": 1}}), ".object.definition.extensions"),
    "extensions_list": (about({"extensions": []}), ".object.definition.extensions"),
    "substatement_in_substatement": (
        plain(object=substatement(object=substatement())),
        ".object.object.objectType",
    ),
    "substatement_with_id": (plain(object=substatement(id=REFERENCE["id"])), ".object"),
    "substatement_with_authority": (plain(object=substatement(authority=AGENT)), ".object"),
    "substatement_null_inside": (
        plain(object=substatement(result={"success": None})),
        ".object.result.success",
    ),
    "substatement_without_verb": (
        plain(object={key: value for key, value in substatement().items() if key != "verb"}),
        ".object",
    ),
    "success_text": (plain(result={"success": "true"}), ".result.success"),
    "completion_number": (plain(result={"completion": 1}), ".result.completion"),
    "response_number": (plain(result={"response": 5}), ".result.response"),
    "duration_seconds": (plain(result={"duration": "90"}), ".result.duration"),
    "duration_empty": (plain(result={"duration": "P"}), ".result.duration"),
    "duration_time_empty": (plain(result={"duration": "P1DT"}), ".result.duration"),
    "duration_fraction_inside": (plain(result={"duration": "PT1.5H3M"}), ".result.duration"),
    "duration_as_time_point": (plain(result={"duration": "P0003-06-04T12:30:05"}), ".result.duration"),
    "score_text": (plain(result={"score": {"raw": "85"}}), ".result.score.raw"),
    "score_boolean": (plain(result={"score": {"raw": True}}), ".result.score.raw"),
    "score_scaled_over_1": (plain(result={"score": {"scaled": 85}}), ".result.score.scaled"),
    "score_over_max": (plain(result={"score": {"raw": 101, "max": 100}}), ".result.score.raw"),
    "score_under_min": (plain(result={"score": {"raw": -1, "min": 0}}), ".result.score.raw"),
    "score_min_not_less": (plain(result={"score": {"min": 1, "max": 1}}), ".result.score.min"),
    "context_unknown_key": (plain(context={"course": 1}), ".context"),
    "registration_no_uuid": (plain(context={"registration": ""}), ".context.registration"),
    "language_bad": (plain(context={"language": "pt_br"}), ".context.language"),
    "team_agent": (plain(context={"team": AGENT}), ".context.team"),
    "context_statement_no_reference": (plain(context={"statement": ACTIVITY}), ".context.statement.id"),
    "platform_with_agent_object": (
        plain(object={"objectType": "Agent", **AGENT}, context={"platform": "Moodle"}),
        ".context.platform",
    ),
    "revision_with_reference": (plain(object=REFERENCE, context={"revision": "1"}), ".context.revision"),
    "context_activities_unknown": (
        plain(context={"contextActivities": {"Parent": [ACTIVITY]}}),
        ".context.contextActivities",
    ),
    "context_activity_agent": (
        plain(context={"contextActivities": {"other": [ACTIVITY, {"objectType": "Agent", **AGENT}]}}),
        ".context.contextActivities.other[1].objectType",
    ),
    "timestamp_number": (plain(timestamp=1795489019), ".timestamp"),
    "timestamp_words": (plain(timestamp="yesterday"), ".timestamp"),
    "timestamp_date_only": (plain(timestamp="2026-11-24"), ".timestamp"),
    "timestamp_blank_for_t": (plain(timestamp="2026-11-24 03:16:59Z"), ".timestamp"),
    "timestamp_no_such_day": (plain(timestamp="2026-02-30T03:16:59Z"), ".timestamp"),
    "timestamp_negative_zero": (plain(timestamp="2026-11-24T03:16:59-00:00"), ".timestamp"),
    "timestamp_before_all_time": (plain(timestamp="0001-01-01T00:00:00+08:00"), ".timestamp"),
    "stored_bad": (plain(stored=""), ".stored"),
    "attachments_object": (plain(attachments=ATTACHMENT), ".attachments"),
    "attachment_without_file": (
        plain(attachments=[{key: value for key, value in ATTACHMENT.items() if key != "fileUrl"}]),
        ".attachments[0]",
    ),
    "attachment_hash_bad": (attached(sha2="x"), ".attachments[0].sha2"),
    "attachment_length_negative": (attached(length=-1), ".attachments[0].length"),
    "attachment_length_fraction": (attached(length=1.5), ".attachments[0].length"),
    "attachment_type_bad": (attached(contentType="pdf"), ".attachments[0].contentType"),
    "signature": (attached(usageType="http://adlnet.gov/expapi/attachments/signature"), ".attachments[0]"),
}
