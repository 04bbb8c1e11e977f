#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/refusal.hpp>
#include <set>
#include <sstream>

namespace hecaton::detail::launch {
namespace {

// The number that text begins with, which it then leaves behind; -1 where there is none.
int take_number(std::string_view& text) {
    int number = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc()) return -1;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// No text makes a count overflow: more than the most ranks that there can be are as many as those.
void add(int& count, long long more) { count = static_cast<int>(std::min<long long>(most_ranks, count + more)); }

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

// The numbers of a list as "4(x2),3", and how often each of them stands for; false where it is no such list.
template <class Take>
bool each_in_list(std::string_view list, const Take& take_one) {
    do {
        const int each = take_number(list);
        const bool repeated = take(list, "(x");
        const int times = repeated ? take_number(list) : 1;
        if (each < 0 || times < 1 || (repeated && !take(list, ")"))) return false;
        take_one(each, times);
    } while (take(list, ","));
    return list.empty();
}

std::ifstream open_list(const std::string& path, std::string_view variable, std::string_view system) {
    std::ifstream file(path);
    if (!file)
        throw Refusal(fmt::format("inside a {} job, but its list of nodes cannot be read: {}={}", system, variable,
                                  path.empty() ? "(not set)" : path));
    return file;
}

void read_slurm(const Variables& environment, Allocation& found) {
    const std::string_view tasks_of_nodes = value(environment, "SLURM_TASKS_PER_NODE");
    found.slots = slurm_tasks(tasks_of_nodes, found.nodes);
    found.tasks = slurm_tasks_of_nodes(tasks_of_nodes);
    if (found.nodes == 0) {
        std::string_view nodes = value(environment, "SLURM_JOB_NUM_NODES");
        found.nodes = std::max(0, take_number(nodes));
    }
    std::string_view tasks = value(environment, "SLURM_STEP_NUM_TASKS");
    found.step_of_many = environment.contains("SLURM_STEP_ID") && take_number(tasks) > 1;
}

void read_sge(const Variables& environment, Allocation& found) {
    auto file = open_list(std::string(value(environment, "PE_HOSTFILE")), "PE_HOSTFILE", "SGE");
    for (std::string line; std::getline(file, line);) {  // "host slots queue processors"
        std::istringstream words(line);
        std::string host;
        int slots = 0;
        if (!(words >> host >> slots) || slots < 0) continue;
        ++found.nodes;
        found.tasks.push_back(std::min(slots, most_ranks));
        add(found.slots, slots);
    }
}

void read_pbs(const Variables& environment, Allocation& found) {
    found.hostfile = value(environment, "PBS_NODEFILE");
    auto file = open_list(found.hostfile, "PBS_NODEFILE", "PBS");
    std::set<std::string> hosts;
    for (std::string host; file >> host; ++found.slots) hosts.insert(host);  // one line a slot
    found.nodes = static_cast<int>(hosts.size());
}

}  // namespace

std::string name(Scheduler scheduler) {
    switch (scheduler) {
        case Scheduler::none:
            return {};
        case Scheduler::slurm:
            return "Slurm";
        case Scheduler::sge:
            return "SGE";
        case Scheduler::pbs:
            return "PBS";
        case Scheduler::lsf:
            return "LSF";
        case Scheduler::flux:
            return "Flux";
        case Scheduler::cobalt:
            return "Cobalt";
    }
    return {};
}

int slurm_tasks(std::string_view list, int& nodes) {
    int tasks = 0;
    int covered = 0;
    const bool good = each_in_list(list, [&](int each, int times) {
        add(tasks, static_cast<long long>(each) * times);
        add(covered, times);
    });
    nodes = good ? covered : 0;
    return good ? tasks : 0;
}

std::vector<int> slurm_tasks_of_nodes(std::string_view list) {
    std::vector<int> found;
    const bool good = each_in_list(list, [&](int each, int times) {
        const auto room = static_cast<std::size_t>(most_ranks) - found.size();
        found.insert(found.end(), std::min(room, static_cast<std::size_t>(times)), each);
    });
    return good ? found : std::vector<int>();
}

bool slurm_only_here(std::string_view nodes, std::string_view host) {
    return !nodes.empty() && nodes.find_first_of(",[") == std::string_view::npos &&
           nodes.substr(0, nodes.find('.')) == host.substr(0, host.find('.'));
}

Allocation allocation(const Variables& environment) {
    const auto set = [&](std::string_view variable) { return !value(environment, variable).empty(); };
    const auto of = [&](Scheduler scheduler, std::string_view job) {
        return Allocation{.scheduler = scheduler, .job = std::string(value(environment, job))};
    };
    Allocation found;
    // The innermost comes first: Flux starts instances of its own inside the jobs of others.
    if (set("FLUX_URI")) {
        found = of(Scheduler::flux, "FLUX_JOB_ID");
    } else if (set("SLURM_JOB_ID") && set("SLURM_JOB_NODELIST")) {
        found = of(Scheduler::slurm, "SLURM_JOB_ID");
        read_slurm(environment, found);
    } else if (set("COBALT_NODEFILE")) {
        found = of(Scheduler::cobalt, "COBALT_JOBID");
    } else if (set("PBS_JOBID") && (set("PBS_ENVIRONMENT") || set("PBS_NODEFILE"))) {
        found = of(Scheduler::pbs, "PBS_JOBID");
        read_pbs(environment, found);
    } else if (set("LSB_JOBID")) {
        found = of(Scheduler::lsf, "LSB_JOBID");
    } else if (set("PE_HOSTFILE")) {
        found = of(Scheduler::sge, "JOB_ID");
        read_sge(environment, found);
    }
    return found;
}

}  // namespace hecaton::detail::launch
