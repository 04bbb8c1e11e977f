// The launcher's messages about a run, besides the crash card, and its exit status. Pure.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/engines/mpirun_text.hpp>
#include <launcher/live/items.hpp>
#include <launcher/program/mpi_library.hpp>
#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

/// A run that is over.
struct Summary {
    const RankTable& ranks;
    std::string engine = {};  ///< its name, for the user
    Mpi family = Mpi::none;   ///< of the engine
    bool quiet = false;
    bool card_shown = false;          ///< a crash card was shown when a rank failed
    Causes causes = {};               ///< of a failure, in the engine's words
    std::string lost_daemon = {};     ///< the host of a daemon that the engine has lost; empty: none
    std::string collision = {};       ///< the engine's folder that another run made in the same moment; empty: none
    int engine_result = 0;            ///< as from waitpid()
    int verdict = 0;                  ///< Lifecycle's
    int signal = 0;                   ///< Lifecycle's
    std::string output_problem = {};  ///< why some output could not be written
    std::string closer = {};          ///< the command that looks closer at a failure; empty: none is known
};

/// The lines at the end: the rank that failed, where no card was shown, and the reason for a bad status without a
/// failure.
std::vector<std::string> closing_words(const Summary& run);

/// The status of a run, as supervise() returns it.
int exit_status(const Summary& run);

/// Whether it ended by a death that nobody had asked for: of a rank by a signal, of its machine, or of the engine,
/// which may also have met another one. A rank that aborts has found an error of its own.
bool died(const Summary& run);

/// Whether anything of the program may have begun. False where a rank was killed while the pool of hecaton::run was
/// opened, and no other was further, and where the engine met another one before it started any.
bool begun(const Summary& run);

/// The items that ranks of the table have told of themselves, as far as they still run.
std::vector<RankItem> items_of(const RankTable& ranks, const std::map<int, link::Item>& told);
/// Those that they were running when they ended.
std::vector<RankItem> last_items(const RankTable& ranks);

/// The places of the ranks: a table for --show-map, with line ends.
std::string rank_map(const RankTable& ranks);

/// One line each, for what happens on the way.
/// @{
std::string limit_reached(const RankTable& ranks, const std::string& engine, std::chrono::milliseconds limit);
/// The job's time is over, and something still runs.
std::string time_is_over(const RankTable& ranks, const RunOptions& options);
/// `patience`: no further rank came for this long.
std::string ranks_missing(const RankTable& ranks, const std::string& engine, std::chrono::milliseconds patience);
std::string engine_died(const std::string& engine, int signal);
/// The batch job that we seem to be in cannot be used; `problem` is in srun's words.
std::string no_such_job(const std::string& problem, const std::string& job);
/// `problem` as RankTable::hello() gives it.
std::string does_not_fit(const std::string& problem, const std::string& engine, const Linked& program);
/// A rank has loaded another MPI than the engine's.
std::string loaded_other_mpi(int rank, const Linked& library, const std::string& engine);
/// A process that the rank has started called MPI_Init with the rank's variables.
std::string took_itself_for(int rank);
/// A rank was stopped because it reads a terminal, which no rank may.
std::string wants_terminal(int rank);
/// @}

}  // namespace hecaton::launcher
