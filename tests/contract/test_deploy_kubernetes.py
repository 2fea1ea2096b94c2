"""The Kubernetes manifests: valid by Kubernetes' own schemas, strict about what a pod may, agreeing with the code."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ingest.service.settings import MetricsSettings, RunSettings
from ingest.service.version import version
from support.broker import PROJECT
from support.deployment import DEPLOY, document, documents, loaded_settings

FOLDER = DEPLOY / "kubernetes"
KUBERNETES_RELEASES = ("1.31", "1.34", "1.37")
KILL_SECONDS = 5
"""What a process may need after its drain."""
PORT = 9464


def manifests() -> list[dict[str, Any]]:
    return [
        found for path in sorted(FOLDER.glob("*.yaml")) if path.stem != "kustomization" for found in documents(path)
    ]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [manifest for manifest in manifests() if manifest["kind"] == kind]


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = [manifest for manifest in of_kind(kind) if manifest["metadata"]["name"] == name]
    return found


def pod_templates() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("StatefulSet", "Job"):
        for manifest in of_kind(kind):
            yield manifest["metadata"]["name"], manifest["spec"]["template"]


PODS = [pytest.param(template, id=name) for name, template in pod_templates()]
SETS = [pytest.param(manifest, id=manifest["metadata"]["name"]) for manifest in of_kind("StatefulSet")]


def selects(labels: dict[str, str], template: dict[str, Any]) -> bool:
    return labels.items() <= template["metadata"]["labels"].items()


@pytest.mark.parametrize("release", KUBERNETES_RELEASES)
@pytest.mark.parametrize("manifest", manifests(), ids=lambda found: f"{found['kind']}-{found['metadata']['name']}")
def test_a_manifest_is_valid_for_several_releases_of_kubernetes(manifest: dict[str, Any], release: str) -> None:
    assert kubernetes_validate.validate(manifest, release, strict=True).startswith(release)


def test_the_schemas_refuse_a_misspelt_key() -> None:
    manifest = {**named("StatefulSet", "rasad-worker")}
    manifest["spec"] = {**manifest["spec"], "podManagmentPolicy": "Parallel"}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, "1.34", strict=True)


def test_the_kustomization_names_every_manifest_but_the_example_of_a_secret() -> None:
    kustomization = document(FOLDER / "kustomization.yaml")

    files = {path.name for path in FOLDER.glob("*.yaml")}
    assert set(kustomization["resources"]) == files - {"kustomization.yaml", "secret.example.yaml"}
    used = {container["image"] for _, template in pod_templates() for container in template["spec"]["containers"]}
    assert used == {f"{image['name']}:{image['newTag']}" for image in kustomization["images"]}
    assert {image.rpartition(":")[2] for image in used} == {version()}


def test_kubectl_builds_the_kustomization_of_the_same_objects() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is absent")

    built = subprocess.run([kubectl, "kustomize", str(FOLDER)], capture_output=True, text=True, check=True).stdout

    def names(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(manifest["kind"], manifest["metadata"]["name"]) for manifest in found}

    assert names(list(yaml.safe_load_all(built))) == names(
        [found for found in manifests() if found["kind"] != "Secret"]
    )


def test_everything_is_in_one_namespace_that_refuses_privileged_pods() -> None:
    (namespace,) = of_kind("Namespace")

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    others = [manifest for manifest in manifests() if manifest["kind"] != "Namespace"]
    assert {manifest["metadata"]["namespace"] for manifest in others} == {namespace["metadata"]["name"]}


@pytest.mark.parametrize("template", PODS)
def test_a_pod_may_as_little_as_possible(template: dict[str, Any]) -> None:
    spec = template["spec"]
    (container,) = spec["containers"]

    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "hostPath" not in str(spec["volumes"])
    assert set(container["resources"]) == {"requests", "limits"}


@pytest.mark.parametrize("manifest", SETS)
def test_a_set_has_its_headless_service_its_budget_and_its_probes(manifest: dict[str, Any]) -> None:
    service = named("Service", manifest["spec"]["serviceName"])
    template = manifest["spec"]["template"]
    (container,) = template["spec"]["containers"]
    budgets = [found for found in of_kind("PodDisruptionBudget") if found["spec"]["maxUnavailable"] == 1]

    assert service["spec"]["clusterIP"] == "None"
    assert selects(service["spec"]["selector"], template)
    assert selects(manifest["spec"]["selector"]["matchLabels"], template)
    assert len([found for found in budgets if selects(found["spec"]["selector"]["matchLabels"], template)]) == 1
    assert [container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")] == [
        "/healthz", "/healthz", "/readyz",
    ]  # fmt: skip


@pytest.mark.parametrize("manifest", SETS)
def test_a_pods_name_is_its_slot(manifest: dict[str, Any]) -> None:
    (container,) = manifest["spec"]["template"]["spec"]["containers"]

    assert container["args"][1:] == ["--slot=$(POD_NAME)"]
    assert container["env"] == [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]


@pytest.mark.parametrize("manifest", SETS)
def test_a_pod_is_given_the_time_that_it_drains_for(manifest: dict[str, Any]) -> None:
    drain_seconds = float(named("ConfigMap", "rasad-settings")["data"]["RASAD_RUN__DRAIN_SECONDS"])

    given = manifest["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]

    assert drain_seconds == RunSettings().drain_seconds
    assert given >= drain_seconds + KILL_SECONDS


def test_ports_agree_in_settings_probes_services_and_policies() -> None:
    assert MetricsSettings().port == PORT
    assert named("ConfigMap", "rasad-settings")["data"]["RASAD_METRICS__PORT"] == str(PORT)
    for manifest in of_kind("StatefulSet"):
        template = manifest["spec"]["template"]
        assert template["spec"]["containers"][0]["ports"] == [{"name": "metrics", "containerPort": PORT}]
        assert template["metadata"]["annotations"]["prometheus.io/port"] == str(PORT)
    for service in of_kind("Service"):
        assert service["spec"]["ports"] == [{"name": "metrics", "port": PORT, "targetPort": "metrics"}]
    (rule,) = named("NetworkPolicy", "rasad-metrics")["spec"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": PORT}]
    assert rule["from"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "monitoring"}


def test_the_settings_of_the_pods_are_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = named("ConfigMap", "rasad-settings")["data"]

    settings = loaded_settings(data, monkeypatch, tmp_path)

    assert settings.metrics.host == "0.0.0.0"
    assert settings.kafka.replication_factor == 3
    for _, template in pod_templates():
        (container,) = template["spec"]["containers"]
        assert container["envFrom"] == [{"configMapRef": {"name": "rasad-settings"}}]
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounts["secrets"] == data["RASAD_SECRETS_DIR"]
        assert set(mounts) == {"tmp", "secrets"}


def test_the_keys_of_the_secret_are_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a Secret's volume looks: files are links into a hidden folder, so that all of them change at once."""
    secret = document(FOLDER / "secret.example.yaml")
    (tmp_path / "..2026").mkdir()
    (tmp_path / "..data").symlink_to("..2026")
    for name, value in secret["stringData"].items():
        (tmp_path / "..2026" / name).write_text(f"{value}\n")
        (tmp_path / name).symlink_to(f"..data/{name}")

    settings = loaded_settings({"RASAD_SECRETS_DIR": "mounted"}, monkeypatch, tmp_path)

    assert settings.kafka.sasl_password is not None
    assert settings.kafka.sasl_password.get_secret_value() == secret["stringData"]["kafka__sasl_password"]
    for _, template in pod_templates():
        (volume,) = [volume for volume in template["spec"]["volumes"] if volume["name"] == "secrets"]
        assert volume["secret"]["secretName"] == secret["metadata"]["name"]
        assert volume["secret"]["optional"] is True


def egress_ports(template: dict[str, Any], *, to_addresses: bool) -> set[int]:
    return {
        port["port"]
        for policy in of_kind("NetworkPolicy")
        if selects(policy["spec"]["podSelector"]["matchLabels"], template)
        for rule in policy["spec"].get("egress", [])
        if to_addresses == any("ipBlock" in peer for peer in rule["to"])
        for port in rule["ports"]
    }


@pytest.mark.parametrize("template", PODS)
def test_fetchers_alone_go_out_and_everybody_reaches_kafka(template: dict[str, Any]) -> None:
    outside = egress_ports(template, to_addresses=True)

    is_fetcher = template["metadata"]["labels"]["app.kubernetes.io/component"] == "fetcher"
    assert outside == ({80, 443} if is_fetcher else set())
    assert {53, 9092, 9093} <= egress_ports(template, to_addresses=False)


def test_what_no_policy_names_is_refused_and_private_addresses_are_out_of_a_fetchers_reach() -> None:
    closed = named("NetworkPolicy", "rasad-nothing-else")["spec"]
    (rule,) = named("NetworkPolicy", "rasad-fetchers-to-publishers")["spec"]["egress"]
    but = {network for peer in rule["to"] for network in peer["ipBlock"]["except"]}

    assert closed["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in closed
    assert "egress" not in closed
    assert all(selects(closed["podSelector"]["matchLabels"], template) for _, template in pod_templates())
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7"} <= but


def test_no_more_workers_than_partitions_are_asked_for() -> None:
    partitions = int(named("ConfigMap", "rasad-settings")["data"]["RASAD_PARTITIONS"])

    assert all(manifest["spec"]["replicas"] <= partitions for manifest in of_kind("StatefulSet"))


def test_no_manifest_holds_a_password() -> None:
    for path in (PROJECT / "deploy").rglob("*.y*ml"):
        if path.name != "secret.example.yaml":
            assert "password:" not in path.read_text().lower().replace("grafana_admin_password:", ""), path
