// What a batch system says of itself: its queues with their limits, and the settings that matter to jobs of hecaton.
// Words only, as in launcher/batch: others run the commands. One file for each batch system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::batch {

/// From the smallest to the largest; 0: not known.
struct Span {
    long least = 0;
    long most = 0;
};

/// Nodes, or hosts.
struct Nodes {
    int count = 0;     ///< 0: not known
    int down = 0;      ///< of them, so many take no jobs
    Span cores = {};   ///< of a node; where jobs get slots, the slots
    Span memory = {};  ///< of a node, in MiB
};

/// A queue, or partition.
struct Queue {
    std::string name = {};                 ///< empty: the only one, which has no name
    bool usual = false;                    ///< jobs that name none go there
    std::string state = {};                ///< in the batch system's words
    bool open = true;                      ///< it takes jobs, and starts them
    std::optional<long> limit = {};        ///< seconds, of a job; nothing: none, or not known
    std::optional<long> given_limit = {};  ///< that of a job which asks for none
    long most_nodes = 0;                   ///< of a job; 0: no limit, or not known
    Nodes nodes = {};
    std::vector<std::string> environments = {};  ///< names of parallel environments
};

/// A parallel environment of Grid Engine.
struct Environment {
    std::string name = {};
    long slots = 0;
    std::string rule = {};  ///< how it spreads a job's slots over hosts: "$round_robin", "$pe_slots", "2"
    bool controls = false;  ///< what starts processes on other hosts for MPI may do it through Grid Engine
};

/// A setting that matters.
struct Setting {
    std::string name = {};  ///< "arrays"
    std::string text = {};  ///< the batch system's word and value, and what that means
    std::string mend = {};  ///< what a user can do; empty where nothing is wrong
};

/// All of it. What is not known is left out.
struct Site {
    std::string version = {};  ///< "22.05.8"
    std::vector<Queue> queues = {};
    Nodes nodes = {};  ///< of all queues together, where the batch system does not tell them apart
    std::vector<Setting> settings = {};
    std::vector<Environment> environments = {};
};

/// The commands that ask a batch system for it, by its name for --scheduler. The first one has to be answered by the
/// batch system itself, and not only by what is installed here.
std::vector<Words> site_questions(const std::string& scheduler);

/// What the answers to them say, in the same order. An answer that has not come, or is something else, says nothing.
Site site_in(const std::string& scheduler, const std::vector<Answer>& answers);

/// @{ One for each: the questions, and what the texts of the answers say; an empty text is no answer.
std::vector<Words> slurm_site_questions();
Site slurm_site(const Words& answers);
std::vector<Words> pbs_site_questions();
Site pbs_site(const Words& answers);
Site torque_site(const Words& answers);  ///< to the same questions
std::vector<Words> lsf_site_questions();
Site lsf_site(const Words& answers);
std::vector<Words> grid_engine_site_questions();
Site grid_engine_site(const Words& answers);
std::vector<Words> flux_site_questions();
Site flux_site(const Words& answers);
std::vector<Words> local_site_questions();
Site local_site(const Words& answers);
/// @}

}  // namespace hecaton::launcher::batch
