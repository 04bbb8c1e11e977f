// What the root knows of a Process: written by the thread that drives, read by any.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>

namespace hecaton::detail {

struct ProcessState {
    enum class Phase : std::uint8_t {
        fresh,
        starting,
        running,
        ended,   ///< `status` is its wait status
        failed,  ///< `error` says why it never ran, or that nothing is known of it
    };

    std::atomic<Phase> phase{Phase::fresh};  // each of the others is there once the phase that needs it is
    std::uint64_t id = 0;
    int rank = -1;
    int pid = 0;
    int status = 0;
    std::exception_ptr error;
    int error_number = -1;  // without `error`: the errno of the fork; 0: the rank has no zygote; -1: it was killed

    bool over() const noexcept { return phase.load() >= Phase::ended; }
};

}  // namespace hecaton::detail
