"""The bounded calls lean on private names of kafka-python: they must stand still, or the pin must move with care."""

import inspect

import kafka
from kafka import KafkaConsumer, KafkaProducer
from kafka.consumer.fetcher import Fetcher
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.producer.sender import Sender
from kafka.producer.transaction_manager import TransactionalRequestResult, TransactionManager


def test_the_version_is_the_one_whose_source_was_read() -> None:
    assert kafka.__version__ == "3.0.12"


def test_commit_waits_on_what_begin_commit_returns() -> None:
    source = inspect.getsource(KafkaProducer.commit_transaction)

    assert "self._transaction_manager.begin_commit()" in source
    assert "self._sender.wakeup()" in source


def test_offsets_wait_on_what_the_transaction_manager_returns() -> None:
    source = inspect.getsource(KafkaProducer.send_offsets_to_transaction)

    assert "self._transaction_manager.send_offsets_to_transaction(offsets, group_metadata)" in source


def test_a_result_can_be_waited_for_with_a_bound() -> None:
    assert TransactionalRequestResult().wait(timeout_ms=1) is False
    assert {"begin_commit", "send_offsets_to_transaction"} <= set(dir(TransactionManager))


def test_a_sender_can_be_ended_by_force() -> None:
    assert {"initiate_close", "force_close", "wakeup"} <= set(dir(Sender))
    assert hasattr(KafkaProducer, "_unregister_cleanup")


def test_a_join_can_be_asked_for_and_stays_asked_for_until_it_is_done() -> None:
    assert "self._coordinator = ConsumerCoordinator(" in inspect.getsource(KafkaConsumer.__init__)
    assert "self.rejoin_needed = True" in inspect.getsource(ConsumerCoordinator.request_rejoin)
    assert "while self.need_rejoin():" in inspect.getsource(ConsumerCoordinator.join_group_async)


def test_what_is_read_of_a_paused_partition_is_laid_aside_by_these_names() -> None:
    source = inspect.getsource(Fetcher.fetched_records)

    assert "self._paused_completed_fetches[completion.topic_partition] = completion" in source
    assert "self._paused_partition_records[tp] = self._next_partition_records" in source
    assert "self._fetcher = Fetcher(" in inspect.getsource(KafkaConsumer.__init__)
