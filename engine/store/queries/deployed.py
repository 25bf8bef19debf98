"""Deployments and decision definitions as Camunda 7's REST interface lists them (`GET /deployment`, `GET /decision-definition`)."""

from __future__ import annotations

from sqlalchemy import func, select

from engine.store.queries.listings import FilterKind, Listing, after, before, equals, flag, like, one_of
from engine.store.tables import decision_definition, deployment

_deployment, _decision = deployment.c, decision_definition.c
_version = decision_definition.alias("other_version")
_newest = select(func.max(_version.c.version)).where(_version.c.key == _decision.key).correlate(decision_definition).scalar_subquery()

DEPLOYMENTS = Listing(
    columns=(_deployment.id, _deployment.name, _deployment.source, _deployment.deployed_at, _deployment.deployed_by),
    rows=deployment,
    key=_deployment.id,
    filters={
        "id": equals(_deployment.id),
        "name": equals(_deployment.name),
        "nameLike": like(_deployment.name),
        "source": equals(_deployment.source),
        "withoutSource": flag(_deployment.source == ""),
        "before": before(_deployment.deployed_at),
        "after": after(_deployment.deployed_at),
    },
    sorts={"id": _deployment.id, "name": _deployment.name, "deploymentTime": _deployment.deployed_at},
    refused=frozenset({"includeDeploymentsWithoutTenantId"}),
)
DECISIONS = Listing(
    columns=(
        *(_decision[name] for name in ("id", "key", "version", "name", "deployment_id", "resource_name", "version_tag")),
        _deployment.deployed_at,
        _deployment.deployed_by,
        _deployment.source,
        _deployment.reason,
    ),
    rows=decision_definition.join(deployment, _deployment.id == _decision.deployment_id),
    key=_decision.id,
    filters={
        "decisionDefinitionId": equals(_decision.id),
        "decisionDefinitionIdIn": one_of(_decision.id),
        "name": equals(_decision.name),
        "nameLike": like(_decision.name),
        "deploymentId": equals(_decision.deployment_id),
        "deployedAt": equals(_deployment.deployed_at, FilterKind.MOMENT),
        "deployedAfter": after(_deployment.deployed_at),
        "key": equals(_decision.key),
        "keyLike": like(_decision.key),
        "version": equals(_decision.version, FilterKind.NUMBER),
        "latestVersion": flag(_decision.version == _newest),
        "resourceName": equals(_decision.resource_name),
        "resourceNameLike": like(_decision.resource_name),
        "versionTag": equals(_decision.version_tag),
        "versionTagLike": like(_decision.version_tag),
    },
    sorts={
        "key": _decision.key,
        "id": _decision.id,
        "name": _decision.name,
        "version": _decision.version,
        "deploymentId": _decision.deployment_id,
        "deployTime": _deployment.deployed_at,
        "versionTag": _decision.version_tag,
    },
    refused=frozenset({
        "category", "categoryLike", "decisionRequirementsDefinitionId", "decisionRequirementsDefinitionKey",
        "withoutDecisionRequirementsDefinition", "includeDecisionDefinitionsWithoutTenantId",
    }),
)  # fmt: skip
