// The file FILE-progress: how far a journal's calls are, for everybody who must not open the journal itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::detail::journal {

/// In seconds since 1970, as all times of a journal.
double now() noexcept;

struct CallProgress {
    std::int64_t call = 0;  ///< its number in the file
    std::string name;
    std::uint64_t number = 0;  ///< among the calls of that name
    std::string kind;
    std::uint64_t items = 0;  ///< as far as is known
    std::uint64_t done = 0;   ///< items with results in the journal
    std::uint64_t failed = 0;
    friend bool operator==(const CallProgress&, const CallProgress&) = default;
};

struct Progress {
    std::string owner;  ///< the process that has the journal, as its lock file describes it
    std::string program;
    std::string build;
    double commit = 0;                ///< when the last one was, in seconds since 1970
    std::string problem;              ///< see Journal::problem()
    std::vector<CallProgress> calls;  ///< of this start of the program, in their order
};

/// Replaced by rename, so that readers find all of it. False where that was not possible, which costs nobody a result.
bool write_progress(const std::filesystem::path& file, const Progress& progress) noexcept;
/// Nothing where there is no such file.
std::optional<Progress> read_progress(const std::filesystem::path& file);

}  // namespace hecaton::detail::journal
