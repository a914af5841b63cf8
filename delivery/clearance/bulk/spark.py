"""The same decision on Apache Spark, for whoever outgrew one machine (requirements/spark.txt, and Java 17)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings


class Spark:
    """A Spark session, local or on a cluster (settings.SPARK_MASTER). The state must lie where its workers read."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, path: Path) -> Any:
        """Return the rows of a Parquet file as an Ibis table."""
        return self._connection.read_parquet(str(path))

    def fetch(self, told: Any) -> pa.Table:
        """Run, and return the result."""
        return self._connection.to_pyarrow(told)

    def write(self, told: Any, path: Path) -> None:
        """Run, and write the result to a folder of Parquet files that does not exist yet."""
        self._connection.to_parquet(told, str(path))


def ready() -> bool:
    """Say whether pyspark and a Java are here."""
    return find_spec("pyspark") is not None and (shutil.which("java") is not None or "JAVA_HOME" in os.environ)


@contextmanager
def spark() -> Iterator[Spark]:
    """Give a Spark session for one block. Raises ImportError where pyspark is not installed."""
    from pyspark.sql import SparkSession

    # What the session starts speaks to nobody but this machine, unless the installation named a cluster.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(settings.SPARK_MASTER).appName("lighttouch clearance")
    for name, value in OPTIONS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield Spark(ibis.pyspark.connect(session))
    finally:
        session.stop()


OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.ansi.enabled": "true",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
}
