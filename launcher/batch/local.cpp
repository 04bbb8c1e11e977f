// The batch system of a machine that has none: a job is a process in the background, and hecaton itself answers the
// commands.
#include <fmt/format.h>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/scheduler.hpp>
#include <launcher/batch/view_lines.hpp>

namespace hecaton::launcher::batch {
namespace {

Words itself(const std::string& command, std::initializer_list<std::string> more = {}) {
    Words words{"/proc/self/exe", "__local", command};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \n")); }

class Local : public Scheduler {
  public:
    std::string name() const override { return "local"; }
    std::string title() const override { return "local"; }
    std::string command() const override { return "sh"; }

    Words directives(const Request& /*request*/) const override { return {}; }
    std::string array_index() const override { return R"(echo "$HECATON_ARRAY_INDEX")"; }
    Words submit(const Request& request, const std::string& script) const override {
        return itself("submit", {request.folder, script});
    }
    std::optional<std::string> id(const Answer& answer) const override {
        if (answer.came && answer.status == 2) throw Refusal(1, first_line(answer.error));
        const std::string id = first_word(answer.output);
        const bool number = !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
        return answer.came && answer.status == 0 && number ? std::optional(id) : std::nullopt;
    }

    Words list() const override { return itself("list"); }
    std::optional<std::vector<View>> views(const Answer& answer) const override {
        if (!answer.came || answer.status != 0) return std::nullopt;
        return views_in(answer.output);
    }
    std::string explain(const View& view) const override {
        if (view.reason == "after") return "it begins when the jobs have ended that --after names";
        if (view.reason == "turn")
            return "other tasks of its array run; --array 0-9%4 would let 4 run at the same time";
        return {};
    }

    Words cancel(const std::string& id) const override { return itself("cancel", {id}); }
    std::string task_id(const std::string& id, int index) const override { return fmt::format("{}_{}", id, index); }
    Words warn(const std::string& id) const override { return itself("warn", {id}); }
    Requeue requeue(const std::string& /*id*/) const override { return {.command = {}, .status = 75}; }

  private:
    static std::string first_line(const std::string& text) {
        const std::string mark = "hecaton: ";
        const std::string line = text.substr(0, text.find('\n'));
        return line.starts_with(mark) ? line.substr(mark.size()) : line;
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_local() { return std::make_unique<Local>(); }

}  // namespace hecaton::launcher::batch
