// The variables of batch systems and the node files that they name, and PMIx's address.
#include <fuzz/file.hpp>
#include <fuzz/target.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/pmix.hpp>

namespace hecaton::fuzz {

// Lines NAME=VALUE, then after an empty one the content of the node file.
void run(std::span<const std::byte> bytes) {
    namespace launch = detail::launch;
    const std::string_view all = text(bytes);
    const auto end = all.find("\n\n");
    const File nodes(end == std::string_view::npos ? std::string_view() : all.substr(end + 2));
    launch::Variables variables;
    for (std::string_view left = all.substr(0, end); !left.empty();) {
        const auto line = left.substr(0, left.find('\n'));
        left.remove_prefix(std::min(left.size(), line.size() + 1));
        const auto equals = std::min(line.find('='), line.size());
        const std::string name(line.substr(0, equals));
        const bool file = name == "PE_HOSTFILE" || name == "PBS_NODEFILE";
        variables[name] = file ? nodes.path() : std::string(line.substr(std::min(line.size(), equals + 1)));
    }
    static_cast<void>(launch::rank_variable_set(variables));
    static_cast<void>(launch::inherited_from_a_job(variables));
    static_cast<void>(launch::slurm_only_here(launch::value(variables, "SLURM_JOB_NODELIST"), "node1.cluster"));
    const auto port = launch::pmix_port(std::string(launch::value(variables, "PMIX_SERVER_URI2")).c_str());
    require(port >= 0 && port < 65'536);
    const auto found = launch::allocation(variables);
    require(found.nodes >= 0 && found.slots >= 0);
}

std::vector<std::string> seeds() {
    return {
        "SLURM_JOB_ID=7\nSLURM_JOB_NODELIST=node[1-3]\nSLURM_TASKS_PER_NODE=4(x2),3\nSLURM_JOB_NUM_NODES=3\n"
        "SLURM_STEP_ID=0\nSLURM_STEP_NUM_TASKS=2",
        "PE_HOSTFILE=here\nJOB_ID=7\n\nnode1 4 all.q@node1 UNDEFINED\nnode2 2 all.q@node2 UNDEFINED\n",
        "PBS_JOBID=7.server\nPBS_NODEFILE=here\n\nnode1\nnode1\nnode2\n",
        "LSB_JOBID=7\nLSB_HOSTS=node1 node1 node2",
        "FLUX_URI=local:///run/flux/local\nFLUX_JOB_ID=f7",
        "COBALT_NODEFILE=/none\nCOBALT_JOBID=7",
        "PMIX_SERVER_URI2=1034027008.0;tcp4://127.0.0.1:42177\nOMPI_COMM_WORLD_RANK=1\nOMPI_MCA_btl=self"};
}

}  // namespace hecaton::fuzz
