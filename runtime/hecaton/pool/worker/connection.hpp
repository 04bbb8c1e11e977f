// Connection: what exchanges a worker's messages with its root.
#pragma once

#include <chrono>

namespace hecaton::detail {

class Connection {
  public:
    virtual ~Connection() = default;
    /// Delivers to the worker what has come, and sends what the worker has for its root. Returns whether anything came.
    virtual bool exchange() = 0;
    /// How long an idle worker may sleep between two exchanges.
    virtual std::chrono::nanoseconds longest_sleep() = 0;
    /// The worker sleeps from now on, until its next exchange.
    virtual void falls_asleep() {}
};

}  // namespace hecaton::detail
