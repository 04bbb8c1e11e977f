// A rank that serves a pool: a worker whose messages come and go over MPI.
#pragma once

#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/transport/endpoint.hpp>

namespace hecaton::detail {

/// Runs `worker` on this thread until the root shuts it down; returns the status that the root sent. With `watched`, a
/// second thread exchanges messages while an item runs for long (it makes MPI calls, so MPI must allow that).
int serve_remote(Worker& worker, Endpoint& endpoint, int root, bool watched);

}  // namespace hecaton::detail
