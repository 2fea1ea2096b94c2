"""Settings: where values come from, which rank they have, and how a fault is told."""

import os
from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from ingest.service.settings import Settings, seeds_dir
from ingest.service.settings_sources import load_settings
from ingest.service.version import version

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in list(os.environ):
        if variable.startswith("RASAD_") or variable == "KAFKA_BOOTSTRAP_SERVERS":
            monkeypatch.delenv(variable)


def written(text: str, name: str = "my.toml") -> Path:
    path = Path(name).absolute()
    path.write_text(text, encoding="utf-8")
    return path


def faults(config: Path | None = None) -> list[str]:
    with pytest.raises(UsageError) as raised:
        load_settings(config)
    return str(raised.value).splitlines()


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()

    assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"
    assert (settings.namespace, settings.partitions) == ("rasad", 24)


def test_the_named_file_is_read() -> None:
    assert load_settings(written("[fetch]\nthreads = 3")).fetch.threads == 3


def test_the_file_of_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_CONFIG", str(written("partitions = 3")))

    assert load_settings().partitions == 3


def test_a_rasad_toml_in_the_working_folder_is_read() -> None:
    written("partitions = 5", "rasad.toml")

    assert load_settings().partitions == 5


def test_the_named_file_outranks_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_CONFIG", str(written("partitions = 3", "other.toml")))

    assert load_settings(written("partitions = 4")).partitions == 4


def test_a_file_that_was_asked_for_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(Path("absent.toml")) == ["absent.toml: the settings file does not exist"]

    monkeypatch.setenv("RASAD_CONFIG", "gone.toml")
    assert faults() == ["gone.toml: the settings file does not exist"]


def test_environment_outranks_secret_files_and_these_outrank_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "kafka__sasl_username").write_text("from-secret\n")
    (secrets / "kafka__sasl_password").write_text("invented\n")
    monkeypatch.setenv("RASAD_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("RASAD_KAFKA__SASL_PASSWORD", "from-environment")
    file = written('[kafka]\nsecurity_protocol = "SASL_SSL"\nsasl_username = "from-file"\nsasl_mechanism = "PLAIN"')

    kafka = load_settings(file).kafka

    assert (kafka.sasl_username, kafka.sasl_mechanism) == ("from-secret", "PLAIN")
    assert kafka.sasl_password is not None
    assert kafka.sasl_password.get_secret_value() == "from-environment"


def test_the_settings_file_may_name_the_secrets_folder(tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    version_folder = folder / "..2026_11_22"  # as Kubernetes mounts secrets
    version_folder.mkdir(parents=True)
    (version_folder / "kafka__sasl_username").write_text("reader")
    (folder / "..data").symlink_to(version_folder.name)
    (folder / "kafka__sasl_username").symlink_to("..data/kafka__sasl_username")

    assert load_settings(written(f'secrets_dir = "{folder}"')).kafka.sasl_username == "reader"


def test_the_common_name_of_the_broker_is_honoured_below_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    file = written('[kafka]\nbootstrap_servers = "file:1"')
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "common:1,common:2")
    assert load_settings(file).kafka.bootstrap_servers == "common:1,common:2"

    monkeypatch.setenv("RASAD_KAFKA__BOOTSTRAP_SERVERS", "ours:1")
    assert load_settings(file).kafka.bootstrap_servers == "ours:1"


def test_unknown_keys_are_told_with_file_and_key() -> None:
    file = written("colour = 1\n[kafka]\nservers = 'a:1'")

    assert faults(file) == [
        f"{file}: kafka.servers = 'a:1': unknown key",
        f"{file}: colour = 1: unknown key",
    ]


@pytest.mark.parametrize("variable", ["RASAD_PARTITION", "RASAD_KAFKA__SERVERS", "RASAD_PARTITIONS__MANY"])
def test_an_unknown_variable_is_told_by_its_name(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")

    assert faults() == [f"environment: {variable}: unknown setting"]


@pytest.mark.parametrize(
    "variable",
    ["RASAD_SERVICE_HOST", "RASAD_METRICS_SERVICE_PORT_HTTP", "RASAD_PORT", "RASAD_PORT_9464_TCP_ADDR", "RASAD_DATA"],
)
def test_variables_that_others_set_are_no_faults(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "10.0.0.1")

    assert load_settings() == Settings()


def test_a_secret_file_without_a_setting_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "kafka__pasword").write_text("invented")
    monkeypatch.setenv("RASAD_SECRETS_DIR", str(folder))

    assert faults() == [f"{folder}: kafka__pasword: no setting has this name"]


def test_a_secrets_folder_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_SECRETS_DIR", "/nowhere/at/all")

    assert faults() == ["/nowhere/at/all: secrets_dir is not a folder"]


def test_a_fault_of_the_environment_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_FETCH__THREADS", "many")

    assert faults() == [
        "environment: RASAD_FETCH__THREADS = 'many': must be a valid integer, unable to parse string as an integer"
    ]


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_METRICS__PORT", "70000")
    file = written('namespace = "Rasad!"\n[kafka]\nbootstrap_servers = "one two"')

    assert faults(file) == [
        f"{file}: kafka.bootstrap_servers = 'one two': must be host:port, several with commas and no spaces",
        "environment: RASAD_METRICS__PORT = '70000': must be less than or equal to 65535",
        f"{file}: namespace = 'Rasad!': must be up to 48 lower-case letters, digits and hyphens",
    ]


@pytest.mark.parametrize(
    ("kafka", "reason"),
    [
        ("heartbeat_interval_ms = 5000", "heartbeat_interval_ms must be at most a third of session_timeout_ms"),
        ("flush_seconds = 11", "flush_seconds must not be greater than commit_seconds"),
        ("commit_seconds = 11", "commit_seconds must not be greater than transaction_timeout_ms"),
        (
            'security_protocol = "SASL_SSL"\nsasl_password = "invented"',
            "SASL_SSL needs sasl_mechanism, sasl_username and sasl_password",
        ),
        (
            f'ssl_cafile = "{__file__}"',
            "PLAINTEXT does not use ssl_cafile: security_protocol must be SSL or SASL_SSL",
        ),
        (
            'sasl_mechanism = "PLAIN"\nsasl_username = "rasad"\nsasl_password = "invented"',
            "PLAINTEXT sends no credentials: security_protocol must be SASL_SSL or SASL_PLAINTEXT",
        ),
    ],
)
def test_timeouts_and_credentials_must_fit_together(kafka: str, reason: str) -> None:
    file = written(f"[kafka]\n{kafka}")

    assert faults(file) == [f"{file}: kafka: {reason}"]


def test_an_authority_that_is_not_there_is_told_before_the_broker_seems_silent() -> None:
    file = written('[kafka]\nsecurity_protocol = "SSL"\nssl_cafile = "/none/broker.pem"')

    (fault,) = faults(file)

    assert fault.startswith(f"{file}: kafka.ssl_cafile = '/none/broker.pem': ")


def test_no_password_shows_in_a_fault() -> None:
    file = written("[kafka]\nsasl_password = 12345\ncolour = 1\nheartbeat_interval_ms = 9999")

    assert "12345" not in "".join(faults(file))


def test_no_password_shows_in_the_dump() -> None:
    settings = load_settings(written('[kafka]\nsasl_password = "invented"'))

    assert "invented" not in str(settings.redacted())
    assert "invented" not in repr(settings)
    assert settings.redacted()["kafka"]["sasl_password"] == "**********"


def test_settings_cannot_be_changed() -> None:
    settings = Settings()

    with pytest.raises(ValueError, match="frozen"):
        settings.kafka.session_timeout_ms = 1  # type: ignore[misc]


def test_the_user_agent_tells_product_release_and_contact() -> None:
    fetch = load_settings(written('[fetch]\ncontact_url = "https://desk.example/bot"')).fetch

    assert fetch.user_agent == f"Rasad/{version()} (+https://desk.example/bot)"


def test_the_operator_may_choose_another_user_agent() -> None:
    file = written('[fetch]\ncontact_url = "https://desk.example/bot"\nuser_agent = "Desk/2"')

    assert load_settings(file).fetch.user_agent == "Desk/2"


def test_the_shipped_example_changes_nothing() -> None:
    example = PROJECT / "deploy/rasad.example.toml"

    assert load_settings(example) == Settings()


def test_every_setting_stands_in_the_shipped_example_with_its_default() -> None:
    text = (PROJECT / "deploy/rasad.example.toml").read_text(encoding="utf-8")
    uncommented = written("\n".join(line.removeprefix("#") for line in text.splitlines() if not line.startswith("# ")))

    loaded = load_settings(uncommented)

    unset = {"registry", "secrets_dir", "sasl_mechanism", "sasl_username", "sasl_password", "ssl_cafile"}
    sections = [loaded, *(getattr(loaded, name) for name in ("kafka", "fetch", "worker", "metrics", "log", "run"))]
    missing = {key for part in sections for key in type(part).model_fields if key not in part.model_fields_set}
    assert missing <= unset | {"user_agent"}
    assert loaded == Settings()


def test_seeds_are_the_checkouts_unless_the_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seeds_dir() == PROJECT / "seeds"

    monkeypatch.setenv("RASAD_SEEDS_DIR", "/elsewhere")
    assert seeds_dir() == Path("/elsewhere")
