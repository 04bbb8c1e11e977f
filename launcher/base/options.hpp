// The values of the options of hecaton's commands.
#pragma once

#include <chrono>
#include <hecaton/launch/command.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// The launcher that starts the ranks.
enum class Engine { automatic, open_mpi, hydra, srun };

/// When a job ends, and what says so.
struct JobEnd {
    enum class By {
        nothing,     ///< nobody
        time,        ///< --time
        rehearsal,   ///< --rehearse-deadline
        allocation,  ///< the batch system, which ends it
        outside,     ///< HECATON_DEADLINE: whoever has started us
    };
    By by = By::nothing;
    std::optional<std::chrono::system_clock::time_point> at = {};
    std::chrono::milliseconds span{0};  ///< as it was given; 0 where it was not

    /// It is for us to end what still runs then.
    bool ours() const { return by == By::time || by == By::rehearsal; }
};

/// What a program that is started again finds of its results; see docs/survival.md.
struct KeptResults {
    std::string journal = {};  ///< the file; empty: none
    bool accept_program = false;
    bool keep_errors = false;
    bool power = false;    ///< results survive the machine's death, too
    std::string run = {};  ///< what the restarts of one run have in common; empty: there are none
};

/// How long a run may go on, as the options say it; see deadline/job_end.hpp.
struct TimeLimits {
    static constexpr std::chrono::milliseconds not_given{-1};
    std::chrono::milliseconds time = not_given;     ///< 0: without end
    std::chrono::milliseconds rehearsal{0};         ///< 0: none
    std::chrono::system_clock::time_point begun{};  ///< when the run began, before all restarts
};

/// The options of `hecaton run`.
struct RunOptions {
    int ranks = 0;                                                ///< 0: not given
    int ranks_per_node = 0;                                       ///< 0: not given
    int threads = 0;                                              ///< of each rank; 0: not given
    int gpus_per_rank = 0;                                        ///< 0: not given
    detail::launch::Bind bind = detail::launch::Bind::automatic;  ///< the part of a node that each rank is bound to
    std::vector<detail::launch::Host> hosts = {};                 ///< empty: here, or the allocation
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< for the ranks
    std::string wdir = {};                                              ///< empty: where we are
    std::chrono::milliseconds timeout{0};                               ///< 0: none
    std::chrono::milliseconds grace{2'000};                             ///< between asking a rank to end and killing it
    std::chrono::milliseconds link_timeout{10'000};                     ///< a host that is silent for longer is lost
    std::string output_dir = {};                                        ///< empty: no files
    bool label = false;
    bool timestamps = false;
    bool show_map = false;
    bool dry_run = false;
    bool quiet = false;
    bool progress = false;  ///< of all calls of pools is shown
    Engine engine = Engine::automatic;
    KeptResults kept;
    TimeLimits limits;
    JobEnd end = {};                             ///< what came of them
    int restarts = 0;                            ///< after a death, at most
    int restarted = 0;                           ///< so often it was
    std::vector<std::string> ssh = {"ssh"};      ///< the command that reaches other hosts, in words
    std::vector<std::string> command_line = {};  ///< the words of all this, for reports
    std::string report = {};                     ///< a page to make of what ran where; empty: none
    std::string trace = {};                      ///< the same as a trace, or a table
    std::string recording = {};                  ///< what they are made of, on this machine; empty: nothing is recorded
    std::string job_folder = {};                 ///< of the batch job that this is the last line of; empty: none
    std::string program = {};
    std::vector<std::string> args = {};  ///< of the program, untouched
};

/// The options of `hecaton doctor`.
struct DoctorOptions {
    bool json = false;
    std::vector<detail::launch::Host> hosts = {};
    std::vector<std::string> ssh = {"ssh"};
    bool no_trial = false;
    bool batch = false;  ///< the batch system, and not this machine; the rest is for that
    std::string scheduler = {};
    std::string queue = {};
    std::string account = {};
    std::vector<std::string> modules = {};
    std::vector<std::string> directives = {};
    std::chrono::milliseconds patience{120'000};  ///< with the trial in the queue
    std::string program = {};                     ///< empty: none
};

/// What `hecaton journal` does.
enum class JournalAction { show, verify, export_entries, forget };
enum class ExportFormat { csv, json };

/// The options of `hecaton journal`.
struct JournalOptions {
    JournalAction action = JournalAction::show;
    std::string file = {};
    std::string call = {};  ///< a name or an id; empty: all
    ExportFormat format = ExportFormat::csv;
    std::string output = {};  ///< empty: standard output
    bool failed = false;
    std::string build = {};  ///< the beginning of its id; empty: all
};

/// The options of `hecaton report`.
struct ReportOptions {
    std::string input = {};
    std::string output = {};  ///< empty: a short text on standard output
};

}  // namespace hecaton::launcher
