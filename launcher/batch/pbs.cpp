// PBS Pro and OpenPBS. From their manuals; not tried on a real one.
#include <launcher/base/refusal.hpp>
#include <launcher/batch/pbs_words.hpp>

namespace hecaton::launcher::batch {

namespace {

const text::Meanings pbs_refusals = {
    {"unknown queue", "`qstat -q` lists the queues."},
    {"queue is not enabled", "The queue takes no jobs at present: `qstat -q` lists the others."},
    {"access to queue is denied", "You may not use that queue: `qstat -q` lists the others."},
    {"violates queue and/or server resource limits",
     "`qstat -Qf QUEUE` shows what the queue allows: ask for less, or for another queue."},
    {"would exceed", "You have as many jobs in the queue as the site allows."},
    {"unknown resource", "The site does not know that resource; `pbsnodes -a` shows what nodes have."},
    {"illegal attribute or resource value", "One of the values is not what this site takes."},
    {"invalid account", "The account is not known."},
    {"unauthorized request", "You may not do that here, or not from this host."},
    {"bad uid for job execution", "The server does not know you on this host: submit from a login node."},
    {"unknown job id", "A job to wait for is not known (any more)."},
    {"array job exceeds", "The array has more tasks than the server allows."},
};

class Pbs : public PbsWords {
  public:
    std::string name() const override { return "pbs"; }
    std::string title() const override { return "PBS"; }
    std::string command() const override { return "qsub"; }
    std::string only_here() const override { return "pbs_rstat"; }

    Words directives(const Request& request) const override {
        if (!request.qos.empty()) text::has_no(title(), "QoS", "leave --qos out, and choose a queue");
        Words all;
        begin(all, request, 200);
        std::string chunk = "#PBS -l select=" + std::to_string(request.nodes);
        const std::string ranks = std::to_string(request.ranks_per_node);
        chunk += ":ncpus=" + ranks + ":mpiprocs=" + ranks;
        if (request.memory > 0) chunk += ":mem=" + std::to_string(request.memory) + "mb";
        if (request.gpus_per_rank > 0)
            chunk += ":ngpus=" + std::to_string(request.gpus_per_rank * request.ranks_per_node);
        all.push_back(chunk);
        all.push_back(std::string("#PBS -l place=scatter") + (request.exclusive ? ":excl" : ""));
        if (!request.array.ranges.empty()) {
            if (request.array.ranges.size() > 1)
                text::has_no(title(), "array with gaps", "one range, as in --array 0-9, or several submissions");
            if (text::tasks(request.array) < 2) text::has_no(title(), "array of one task", "leave --array out");
            all.push_back("#PBS -J " + text::ranges(request.array) +
                          (request.array.at_once > 0 ? "%" + std::to_string(request.array.at_once) : ""));
        }
        end(all, request);
        return all;
    }
    std::string array_index() const override { return R"(echo "${PBS_ARRAY_INDEX-}")"; }
    TakesArray takes_array(const Request& request) const override {
        if (request.array.ranges.size() > 1) return {.how = Arrays::from_0, .why = "PBS has no arrays with gaps"};
        if (text::tasks(request.array) == 1) return {.how = Arrays::from_0, .why = "PBS has no arrays of one task"};
        return {};
    }

    Words one(const std::string& id) const override { return {"qstat", "-x", "-f", id}; }

  protected:
    State state_of(const std::string& letter, std::optional<long> code) const override {
        if (letter == "Q" || letter == "T" || letter == "W" || letter == "M") return State::waiting;
        if (letter == "H") return State::held;
        if (letter == "R" || letter == "E" || letter == "B") return State::running;
        if (letter == "S" || letter == "U") return State::suspended;
        if (letter != "F" && letter != "X") return State::unknown;
        if (!code) return State::cancelled;  // deleted before it began
        if (*code == 0) return State::done;
        if (*code == -29) return State::timed_out;
        if (of_memory(*code) || *code == -28 || *code > 0) return State::failed;  // memory, processors, its own
        return State::lost;  // it could not be started, or its node failed
    }
    bool of_memory(long code) const override { return code == -27 || code == -26; }
    const text::Meanings& refusals() const override { return pbs_refusals; }
    std::string longest_array() const override { return "max_array_size"; }
    std::string dependencies(const Request& request) const override { return "afterany:" + text::after(request, ":"); }
};

}  // namespace

std::unique_ptr<Scheduler> make_pbs() { return std::make_unique<Pbs>(); }

}  // namespace hecaton::launcher::batch
