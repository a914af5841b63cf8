"""The embedded PostgreSQL: one cluster per data folder, started when first needed, stopped when nobody uses it.

The server's programs come as a wheel and are called directly. Whoever calls `ensure_running` holds a lease until its
process ends, however it ends; a small keeper process stops the server some time after the last lease is gone.
"""

from config.embedded.cluster import (
    Cluster,
    ensure_running,
    env,
    is_running,
    prepare_folder,
    stop,
)
from config.embedded.server import ClusterFailed

__all__ = ["Cluster", "ClusterFailed", "ensure_running", "env", "is_running", "prepare_folder", "stop"]
