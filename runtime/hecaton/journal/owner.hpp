// Owner: a process that holds a journal, as its lock file describes it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace hecaton::detail::journal {

struct Owner {
    std::string host;
    std::string machine;    ///< /etc/machine-id; empty where there is none
    std::string boot;       ///< changes with each start of the host's kernel
    std::string processes;  ///< the namespace in which pid counts
    pid_t pid = 0;
    std::string started;  ///< of the process, in ticks since the boot: a pid is used again
    std::string job;      ///< of the batch system; empty outside of one
    std::string run;      ///< see Options::run

    static Owner self(const std::string& run);
    /// What text() made; with pid 0 for anything else.
    static Owner parse(const std::string& text);
    std::string text() const;
    /// For messages: "process 4711 on node3 (job 88)".
    std::string describe() const;
};

enum class Alive : std::uint8_t { yes, no, unknown };

/// What this machine can tell of the process.
Alive alive(const Owner& owner);

/// Whether `one` is a start that the launcher has made before `other`, and whose end it has seen; see Options::run.
bool is_earlier_start(const std::string& one, const std::string& other);

}  // namespace hecaton::detail::journal
