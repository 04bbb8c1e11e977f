// Torque. From its manual; not tried on a real one.
#include <launcher/base/refusal.hpp>
#include <launcher/batch/pbs_words.hpp>

namespace hecaton::launcher::batch {

namespace {

const text::Meanings torque_refusals = {
    {"unknown queue", "`qstat -q` lists the queues."},
    {"queue is not enabled", "The queue takes no jobs at present: `qstat -q` lists the others."},
    {"exceeds queue resource limits",
     "`qstat -Qf QUEUE` shows what the queue allows: ask for less, or for another queue."},
    {"maximum number of jobs already in queue", "You have as many jobs in the queue as the site allows."},
    {"illegal attribute or resource value", "One of the values is not what this site takes."},
    {"unknown resource", "The site does not know that resource."},
    {"invalid account", "The account is not known."},
    {"unauthorized request", "You may not do that here, or not from this host."},
    {"bad uid for job execution", "The server does not know you on this host: submit from a login node."},
    {"unknown job id", "A job to wait for is not known (any more)."},
    {"array", "The array has more tasks than the server allows."},
};

class Torque : public PbsWords {
  public:
    std::string name() const override { return "torque"; }
    std::string title() const override { return "Torque"; }
    std::string command() const override { return "qsub"; }
    std::string only_here() const override { return "pbs_track"; }

    Words directives(const Request& request) const override {
        Words all;
        begin(all, request, 15);
        std::string nodes =
            "#PBS -l nodes=" + std::to_string(request.nodes) + ":ppn=" + std::to_string(request.ranks_per_node);
        if (request.gpus_per_rank > 0)
            nodes += ":gpus=" + std::to_string(request.gpus_per_rank * request.ranks_per_node);
        all.push_back(nodes);
        if (request.memory > 0)  // of the whole job
            all.push_back("#PBS -l mem=" + std::to_string(request.memory * request.nodes) + "mb");
        if (request.exclusive) all.push_back("#PBS -l naccesspolicy=singlejob");
        if (!request.qos.empty()) all.push_back("#PBS -l qos=" + text::checked("the QoS", request.qos, "-_."));
        if (!request.array.ranges.empty())
            all.push_back("#PBS -t " + text::ranges(request.array) +
                          (request.array.at_once > 0 ? "%" + std::to_string(request.array.at_once) : ""));
        end(all, request);
        return all;
    }
    std::string array_index() const override { return R"(echo "${PBS_ARRAYID-}")"; }

    Words one(const std::string& id) const override { return {"qstat", "-f", id}; }

  protected:
    State state_of(const std::string& letter, std::optional<long> code) const override {
        if (letter == "Q" || letter == "T" || letter == "W") return State::waiting;
        if (letter == "H") return State::held;
        if (letter == "R" || letter == "E") return State::running;
        if (letter == "S") return State::suspended;
        if (letter != "C") return State::unknown;
        if (!code) return State::cancelled;  // deleted before it began
        if (*code == 0) return State::done;
        if (*code == -11) return State::timed_out;
        if (*code == -10 || *code == -12 || *code > 0) return State::failed;  // memory, processor time, its own
        return State::lost;
    }
    bool of_memory(long code) const override { return code == -10; }
    const text::Meanings& refusals() const override { return torque_refusals; }
    std::string longest_array() const override { return "max_job_array_size"; }
    /// Arrays have a word of their own.
    std::string dependencies(const Request& request) const override {
        std::string jobs;
        std::string arrays;
        for (const std::string& id : text::split(text::after(request, ":"), ':'))
            (id.find("[]") == std::string::npos ? jobs : arrays) += ":" + id;
        return (jobs.empty() ? "" : "afterany" + jobs) + (jobs.empty() || arrays.empty() ? "" : ",") +
               (arrays.empty() ? "" : "afteranyarray" + arrays);
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_torque() { return std::make_unique<Torque>(); }

}  // namespace hecaton::launcher::batch
