// The states of a batch job, the same for all batch systems.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hecaton::launcher::batch {

enum class State {
    waiting,    ///< it has not begun
    held,       ///< the same, and somebody has to let it go
    running,    ///< also while it starts or is being cleaned up
    suspended,  ///< it has begun, and stands still
    done,       ///< it ended with status 0
    failed,     ///< it ended otherwise
    cancelled,  ///< somebody ended it
    timed_out,  ///< its time was over
    lost,       ///< its node or the batch system failed
    unknown,    ///< a word that is not known: not ended
};

/// "waiting", ...; one word that users see.
std::string name(State state);

/// Whether a job in that state has ended for good. An unknown one has not.
bool ended(State state);

/// A job as its batch system describes it.
struct View {
    std::string id = {};     ///< as the submission has told it: of an array, that of the whole
    std::string task = {};   ///< of an array: "4", or "2-9" for tasks that wait together; from 0 on
    std::string name = {};   ///< the request's; longer names may be cut
    std::string token = {};  ///< of the request; empty where the batch system shows none
    State state = State::unknown;
    std::string word = {};             ///< the batch system's own for the state
    std::string reason = {};           ///< why it waits or has ended, in the batch system's words
    std::string nodes = {};            ///< where it runs
    std::optional<int> status = {};    ///< exit status, 128+n for signal n
    std::optional<long> elapsed = {};  ///< seconds
    std::optional<long> left = {};     ///< seconds until its limit
    std::string start = {};            ///< when it began or is expected to, as the batch system writes it
    int run = 0;                       ///< so often was it started again
    bool out_of_memory = false;        ///< it was ended for want of memory
    /// Bytes; 0 where it is not said.
    /// @{
    std::uint64_t memory = 0;        ///< the most that it had, on all its nodes together
    std::uint64_t memory_limit = 0;  ///< of a node
    /// @}
};

}  // namespace hecaton::launcher::batch
