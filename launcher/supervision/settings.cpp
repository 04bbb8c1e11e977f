#include <launcher/supervision/settings.hpp>

#include <signal.h>
#include <unistd.h>

#include <tuple>

#include <launcher/engines/limits.hpp>
#include <launcher/supervision/output.hpp>

namespace hecaton::launcher {

std::vector<int> awaited_signals() {
    std::vector<int> awaited{SIGCHLD};
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2, SIGTSTP}) {
        struct sigaction now {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) awaited.push_back(signal);
    }
    return awaited;
}

link::Address settings(const Supervision& what) {
    link::Address made;
    made.addresses = what.addresses;
    made.grace = static_cast<int>(what.options.grace.count());
    made.link_timeout = static_cast<int>(what.options.link_timeout.count());
    made.watch_mpi = what.family != Mpi::none && what.ranks != 1 &&
                     (what.program.mpi == Mpi::unknown || what.program.mpi == Mpi::none);
    made.claim_cores = what.binds_to_cores;
    made.gpus = what.options.gpus_per_rank;
    made.show_calls = what.options.progress;
    made.nodes = what.layout.nodes;
    made.blocks = text_of_blocks(what.layout.blocks);
    made.open_files = static_cast<int>(raise_open_files(files_for(what.ranks)));
    if (what.options.output_dir.empty()) std::tie(made.rows, made.columns) = size_of_terminal(STDOUT_FILENO);
    return made;
}

}  // namespace hecaton::launcher
