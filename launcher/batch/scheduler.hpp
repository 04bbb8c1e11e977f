// A batch system, as words: what its scripts and commands look like, and what its answers mean. No I/O: others run the
// commands. One file for each batch system.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <launcher/batch/request.hpp>
#include <launcher/batch/states.hpp>

namespace hecaton::launcher::batch {

using Words = std::vector<std::string>;  ///< a command: argv

/// What a command has answered.
struct Answer {
    bool came = true;  ///< false: it could not be started, or did not answer in time
    int status = 0;
    std::string output = {};
    std::string error = {};
};

class Scheduler {
  public:
    virtual ~Scheduler() = default;

    virtual std::string name() const = 0;   ///< for --scheduler: "slurm"
    virtual std::string title() const = 0;  ///< for people: "Slurm"
    /// The command that submits.
    virtual std::string command() const = 0;
    /// The command that has to be there for it to be this one: PBS, Torque and Grid Engine all have a qsub.
    virtual std::string only_here() const { return command(); }

    // ---- submission ----
    /// The script's first lines after "#!": one directive each, with the batch system's mark. What the batch system
    /// itself writes goes to `batch.out` in the job's folder, for some only at the end; so the script sends its own
    /// output to the folder's `out` and `err`. Throws Refusal for what the batch system cannot do.
    virtual Words directives(const Request& request) const = 0;
    /// A shell command that prints which task of an array it is, from 0 on, or nothing where the job is no array; to be
    /// used as $(...). Empty: the batch system has no arrays.
    virtual std::string array_index() const = 0;
    /// Submits the script; `request` may have options that no directive can carry. Where a job is made to run again by
    /// another submission, `request.after` is among them: the script stays the same.
    virtual Words submit(const Request& request, const std::string& script) const = 0;
    /// The id in the answer to it. Nothing where the answer does not say, however the command has ended: then the queue
    /// has to be asked for the token. Throws Refusal where it was refused for certain, with the batch system's words.
    virtual std::optional<std::string> id(const Answer& answer) const = 0;

    // ---- arrays ----
    enum class Arrays {
        as_asked,  ///< it takes that array
        from_0,    ///< only one that begins with 0 and has no gaps
        none       ///< only jobs, one for each task
    };
    struct TakesArray {
        Arrays how = Arrays::as_asked;
        std::string why = {};  ///< where it does not take it as asked: "PBS has no arrays with gaps"
    };
    /// Where the site has no limit for it.
    virtual TakesArray takes_array(const Request& /*request*/) const { return {}; }
    /// A site's limits.
    struct ArrayLimit {
        std::optional<int> tasks = {};       ///< so many tasks
        std::optional<int> last_index = {};  ///< from 0 on
    };
    /// Asks for them; empty: nobody can be asked.
    virtual Words array_limit() const { return {}; }
    /// Without what the answer does not say.
    virtual ArrayLimit array_limit(const Answer& /*answer*/) const { return {}; }

    // ---- the queue ----
    /// All jobs of this user that are not forgotten. The tasks of an array are views of their own: View::task.
    virtual Words list() const = 0;
    /// Nothing where the command has failed: that says nothing about any job.
    virtual std::optional<std::vector<View>> views(const Answer& answer) const = 0;
    /// What is known of one job that list() does not show any more; empty: nothing more can be asked.
    virtual Words one(const std::string& /*id*/) const { return {}; }
    virtual std::optional<View> view(const Answer& /*answer*/, const std::string& /*id*/) const { return {}; }
    /// Asks why one job waits, where list() does not say it in View::reason; empty: it does.
    virtual Words why(const std::string& /*id*/) const { return {}; }
    /// The reason in the answer to it; empty where there is none.
    virtual std::string reason(const Answer& /*answer*/) const { return {}; }
    /// What the reason of a job that waits means and what would change it, in words for people; empty for an unknown
    /// one.
    virtual std::string explain(const View& view) const = 0;

    /// Asks when one job is expected to begin, where list() does not say it in View::start; empty: nobody knows.
    virtual Words expected(const std::string& /*id*/) const { return {}; }
    /// The time in the answer to it, as the batch system writes it; empty where there is none.
    virtual std::string expected_start(const Answer& /*answer*/) const { return {}; }

    // ---- later ----
    /// `id` as the submission has told it; for one task of an array see task_id().
    virtual Words cancel(const std::string& id) const = 0;
    /// Names one task of an array: "48_3", "48[3].server", ...
    virtual std::string task_id(const std::string& id, int /*index, from 0 on*/) const { return id; }
    /// Sends the warning before the end, upon which a pool drains; empty: it cannot.
    virtual Words warn(const std::string& id) const = 0;
    /// How a job that ends early runs again.
    struct Requeue {
        Words command = {};           ///< to be run by the job itself; empty: none
        std::optional<int> status{};  ///< with which the job has to end, where that is what does it
        bool chain = false;           ///< neither: another submission, after this one has ended
    };
    virtual Requeue requeue(const std::string& id) const = 0;
};

/// All names for --scheduler.
Words scheduler_names();
/// Throws Refusal for a name that is none.
std::unique_ptr<Scheduler> make_scheduler(const std::string& name);
/// @{ One for each.
std::unique_ptr<Scheduler> make_slurm();
std::unique_ptr<Scheduler> make_pbs();  ///< PBS Pro and OpenPBS
std::unique_ptr<Scheduler> make_torque();
std::unique_ptr<Scheduler> make_lsf();
std::unique_ptr<Scheduler> make_grid_engine();
std::unique_ptr<Scheduler> make_flux();
std::unique_ptr<Scheduler> make_local();  ///< a background job on this machine
/// @}

}  // namespace hecaton::launcher::batch
