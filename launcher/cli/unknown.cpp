#include <launcher/cli/unknown.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace hecaton::launcher {
namespace {

// The names, without dashes, that mpirun, mpiexec, srun and torchrun have for an option of ours.
struct Elsewhere {
    std::vector<std::string_view> names;
    const char* ours;   // long name; the advice is for commands that have it
    const char* write;  // the whole advice
};

const std::vector<Elsewhere>& elsewhere() {
    static const std::vector<Elsewhere> known{
        {{"np", "nproc", "nprocs", "ntasks"}, "ranks", "write -n N"},
        {{"N", "npernode", "ppn", "perhost", "ntasks-per-node", "tasks-per-node", "nproc-per-node", "nproc_per_node"},
         "ranks-per-node",
         "write --ranks-per-node N"},
        {{"c", "cpus-per-task", "cpus-per-proc", "cpus-per-rank"},
         "threads",
         "write --threads N for so many cores a rank"},
        {{"gpus-per-task", "gpus", "G"}, "gpus-per-rank", "write --gpus-per-rank N"},
        {{"map-by"}, "ranks-per-node", "write --ranks-per-node N, or --threads N for so many cores a rank"},
        {{"x", "e", "genv", "genvlist", "export", "export-env"}, "env", "write --env NAME=VALUE"},
        {{"mca", "gmca", "pmixmca", "prtemca"}, "env", "set the variable OMPI_MCA_NAME=VALUE"},
        {{"H", "host", "w", "nodelist"}, "hosts", "write --hosts A:8,B:8"},
        {{"f", "machinefile", "machine-file", "default-hostfile", "nodefile"}, "hostfile", "write --hostfile FILE"},
        {{"bind-to", "cpu-bind", "binding"}, "bind", "write --bind none, core, numa or socket"},
        {{"wd", "D", "chdir", "cwd"}, "wdir", "write --wdir DIR"},
        {{"t"}, "timeout", "write --timeout TIME"},
        {{"t"}, "nodes", "write --time TIME"},
        {{"J", "job-name"}, "name", "write --name NAME"},
        {{"p", "q"}, "queue", "write --queue NAME"},
        {{"A", "P"}, "account", "write --account NAME"},
        {{"d", "dependency", "hold_jid"}, "after", "write --after JOB"},
        {{"l", "tag-output", "prepend-rank"}, "label", "write --label"},
        {{"timestamp-output", "timestamp"}, "timestamps", "write --timestamps"},
        {{"o", "output", "output-filename", "outfile-pattern", "errfile-pattern"},
         "output-dir",
         "write --output-dir DIR"},
        {{"report-bindings", "display-map", "display", "display-devel-map"}, "show-map", "write --show-map"},
        {{"launch-agent", "launcher-exec", "rsh"}, "ssh", "write --ssh COMMAND"},
        {{"oversubscribe", "O", "overcommit", "use-hwthread-cpus"},
         "ranks",
         "leave it out, for more ranks than cores just run"},
        {{"allow-run-as-root"}, "ranks", "leave it out, for root may run programs"},
        {{"K", "kill-on-bad-exit"}, "ranks", "leave it out, for the others end when a rank fails"},
        {{"v", "V", "verbose", "d", "debug"},
         "show-map",
         "--dry-run prints the command, --show-map where the ranks are"},
    };
    return known;
}

// The smallest number of letters left out, put in, changed, or swapped with the next one.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::vector<std::size_t>> steps(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
    std::iota(steps[0].begin(), steps[0].end(), 0U);
    for (std::size_t i = 1; i <= one.size(); ++i) {
        steps[i][0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const bool same = one[i - 1] == other[j - 1];
            steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
        }
    }
    return steps[one.size()][other.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
    const auto near = [&](const std::string& one) { return distance(name, one); };
    const auto closest = std::ranges::min_element(known, {}, near);
    const bool typo = closest != known.end() && name.size() > 2 && near(*closest) <= 1 + name.size() / 6;
    return typo ? *closest : std::string();
}

std::string advice_about(std::string_view option, const std::vector<std::string>& ours) {
    std::string_view name = option.substr(0, option.find('='));
    name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
    const bool number_attached = !option.starts_with("--") && name.find_first_of("0123456789") == 1;
    if (number_attached) name = name.substr(0, 1);  // -N4
    const auto have = [&](std::string_view one) { return std::ranges::find(ours, one) != ours.end(); };
    if (have(name)) return fmt::format("write --{}", name);
    for (const auto& one : elsewhere())
        if (have(one.ours) && std::ranges::find(one.names, name) != one.names.end()) return one.write;
    const std::string near = name.size() > 3 ? nearest(name, ours) : "";
    return near.empty() ? near : fmt::format("is it --{}?", near);
}

}  // namespace hecaton::launcher
