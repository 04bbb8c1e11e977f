// The facts that hecaton prints of a machine when it is started there over ssh: one line, a mark and JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// The word after the launcher's own name that asks for it; then come the needs, in their order.
inline constexpr const char* host_word = "__host";

/// The needs of a run on every machine; "": none.
struct HostNeeds {
    std::string program = {};    ///< a path
    std::string daemon = {};     ///< the engine's
    std::string folder = {};     ///< that the ranks run in
    std::string libraries = {};  ///< their LD_LIBRARY_PATH; "" for that of the machine
};

/// Facts about one machine.
struct HostFacts {
    std::string name = {};                    ///< as the machine calls itself
    std::string program = {};                 ///< "" (fine), or what is wrong with it
    std::string fingerprint = {};             ///< of the program's file
    std::string daemon = {};                  ///< "" (fine, or none wanted), or what is wrong
    std::string folder = {};                  ///< "" (fine, or none wanted), or what is wrong
    std::string mpi = {};                     ///< an MPI library that the program wants and the loader does not find
    std::string unfit = {};                   ///< why kernel or loader do not run the program there
    std::vector<std::string> networks = {};   ///< of its real interfaces, "10.0.0.0/24" or "fd00::/64"
    std::vector<std::string> dead_ends = {};  ///< interfaces that lead nowhere else: "lo", "docker0"
    long long time = 0;                       ///< milliseconds since 1970
    int cores = 0;
    int gpus = 0;
    long long shared_memory = 0;  ///< free bytes in /dev/shm
};

/// This machine's.
HostFacts host_facts(const HostNeeds& needs);

/// Why ranks cannot run in `folder`, "No such file or directory"; empty where they can.
std::string folder_problem(const std::string& folder);

std::string encode(const HostFacts& facts);
/// The facts in what ssh printed; greetings of the machine around them do no harm. Nothing where there are none in it.
std::optional<HostFacts> decode_host_facts(const std::string& text);

}  // namespace hecaton::launcher
