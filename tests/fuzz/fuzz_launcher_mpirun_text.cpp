// What mpirun printed, and the last words of ranks.
#include <fuzz/target.hpp>
#include <launcher/engines/mpirun_text.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    const auto words = text(bytes);
    const auto found = launcher::causes(words);
    require(found.text.size() <= words.size());
    require(launcher::without_noise(words).size() <= words.size());
    static_cast<void>(launcher::failed_to_begin(words));
    static_cast<void>(launcher::says_more_than_mpi(words));
    static_cast<void>(launcher::tells_of_an_end(words));
    require(launcher::lost_daemon(words).size() <= words.size());
    require(launcher::folder_collision(words).size() <= words.size());
}

std::vector<std::string> seeds() {
    const std::string rule(76, '-');
    return {
        rule + "\nPrimary job  terminated normally, but 1 process returned\na non-zero exit code.\n" + rule + "\n" +
            rule + "\nmpirun noticed that process rank 1 with PID 0 on node node1 exited on signal 11.\n" + rule + "\n",
        rule + "\nIt looks like MPI_INIT failed for some reason\n" + rule + "\n" + rule +
            "\nNo network interfaces were found\n" + rule + "\n",
        "[node1:77] ORTE_ERROR_LOG: Out of resource in file show_help.c at line 501\nplm:ssh: Warning: setpgid(1)\n",
        "*** An error occurred in MPI_Init\n*** on a NULL communicator\n[node1:77] Local abort before MPI_INIT "
        "completed\nmy own words\n",
        rule + "\nA call to mkdir was unable to create the desired directory:\n\n  Directory: /tmp/ompi.h.0\n" +
            "  Error:     File exists\n\nPlease check\n" + rule + "\n"};
}

}  // namespace hecaton::fuzz
