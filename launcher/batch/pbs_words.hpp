// What PBS Pro, OpenPBS and Torque have in common: qsub, qstat, qdel, and the form of their answers.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

class PbsWords : public Scheduler {
  public:
    Words submit(const Request& request, const std::string& script) const override;
    std::optional<std::string> id(const Answer& answer) const override;
    Words array_limit() const override;
    ArrayLimit array_limit(const Answer& answer) const override;
    Words list() const override;
    std::optional<std::vector<View>> views(const Answer& answer) const override;
    std::optional<View> view(const Answer& answer, const std::string& id) const override;
    std::string explain(const View& view) const override;
    Words cancel(const std::string& id) const override;
    std::string task_id(const std::string& id, int index) const override;
    Words warn(const std::string& id) const override;
    Requeue requeue(const std::string& id) const override;

  protected:
    /// State::unknown for a letter that its manual does not name; `code` is the exit status as it stands there.
    virtual State state_of(const std::string& letter, std::optional<long> code) const = 0;
    /// Whether that exit status says that it had too much memory.
    virtual bool of_memory(long code) const = 0;
    virtual const text::Meanings& refusals() const = 0;
    /// The server's attribute for the longest array.
    virtual std::string longest_array() const = 0;
    /// What follows "-W depend=" for `request.after`.
    virtual std::string dependencies(const Request& request) const = 0;

    /// Directives that both have, in front of those of their own and after them.
    static void begin(Words& all, const Request& request, std::size_t longest_name);
    void end(Words& all, const Request& request) const;

  private:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    View read(const std::string& id, const Fields& fields) const;
    std::vector<View> read_all(const std::string& output) const;
};

}  // namespace hecaton::launcher::batch
