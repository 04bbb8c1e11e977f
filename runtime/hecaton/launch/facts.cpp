// machine_facts(): the impure half of command.hpp.
#include <pwd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/command.hpp>

namespace hecaton::detail::launch {
namespace {

namespace fs = std::filesystem;

// Some containers forbid process_vm_readv, which Open MPI's shared memory transport then complains about at each
// message.
bool copy_allowed() {
    char from = 'x';
    char to = 0;
    const iovec source{&from, 1};
    const iovec target{&to, 1};
    return ::process_vm_readv(::getpid(), &target, 1, &source, 1, 0) == 1;
}

// Open MPI takes the folder above that of an mpirun with a path for its prefix, and refuses "/", which is that of
// /bin/mpirun. On such machines /bin is another name of /usr/bin.
std::string with_prefix(const std::string& file) {
    const fs::path path(file);
    if (path.parent_path().parent_path() != "/") return file;
    std::error_code problem;
    const fs::path folder = fs::canonical(path.parent_path(), problem);
    return problem ? file : (folder / path.filename()).string();
}

}  // namespace

std::string find_in_path(std::string_view path, const std::string& name) {
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find(':', begin), path.size());
        const fs::path candidate = fs::path(path.substr(begin, end - begin)) / name;
        std::error_code ignored;
        if (fs::is_regular_file(candidate, ignored) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        begin = end + 1;
    }
    return {};
}

// Asking costs some milliseconds, so the name is looked at first: Open MPI up to 4 installs mpirun as a link to
// orterun, MPICH's leads to a hydra.
Starter identify(const std::string& file) {
    std::error_code ignored;
    const std::string name = fs::canonical(file, ignored).filename();
    if (name == "orterun") return {file, Family::open_mpi, 4};
    if (name.find("hydra") != std::string::npos) return {file, Family::hydra, 0};
    // In a folder that was deleted, Open MPI 5's would complain.
    const std::string folder = file.starts_with('/') ? "/" : "";
    const std::string text =
        Subprocess::run({.argv = {file, "--version"}, .folder = folder}, std::chrono::seconds(10)).output;
    for (const std::string_view mark : {"(Open MPI) ", "(OpenRTE) "}) {
        const auto at = text.find(mark);
        if (at == std::string::npos) continue;
        const int major = std::atoi(text.c_str() + at + mark.size());
        if (major > 0) return {file, Family::open_mpi, major};
    }
    if (text.starts_with("HYDRA")) return {file, Family::hydra, 0};
    return {.file = file};
}

bool homeless() { return std::getenv("HOME") == nullptr && ::getpwuid(::geteuid()) == nullptr; }

MachineFacts this_machine() {
    MachineFacts found;
    found.name = host::name();
    found.environment = variables();
    found.allocation = allocation(found.environment);
    if (found.allocation.scheduler != Scheduler::none) found.job_nodes = job_nodes(found.environment);
    found.allocation.only_here = found.allocation.scheduler == Scheduler::slurm &&
                                 slurm_only_here(value(found.environment, "SLURM_JOB_NODELIST"), host::name());
    found.cores = host::cores();
    found.root = ::geteuid() == 0;
    found.homeless = homeless();
    found.copy_allowed = copy_allowed();
    // mpirun looks for ssh in it, and gives up where there is none.
    found.environment.try_emplace("PATH", search_path(found.environment));
    return found;
}

void find_mpirun(MachineFacts& facts) {
    const auto path = search_path(facts.environment);
    for (const char* name :
         {"mpirun", "mpirun.openmpi"}) {  // where MPICH is the default, Debian keeps the other by name
        const std::string file = with_prefix(find_in_path(path, name));
        if (file.empty()) continue;
        const Starter starter = identify(file);
        facts.mpirun = file;
        facts.open_mpi_major = starter.family == Family::open_mpi ? starter.major : 0;
        if (facts.open_mpi_major > 0) break;
    }
}

MachineFacts machine_facts() {
    MachineFacts found = this_machine();
    find_mpirun(found);
    return found;
}

}  // namespace hecaton::detail::launch
