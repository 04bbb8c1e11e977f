#include <hecaton/codec/error_code.hpp>
#include <hecaton/tasks/error_code.hpp>
#include <map>
#include <mutex>
#include <utility>

namespace hecaton::detail {
namespace {

// A category of a user's, which this rank knows by name only.
class NamedCategory final : public std::error_category {
  public:
    explicit NamedCategory(std::string name) : name_(std::move(name)) {}
    const char* name() const noexcept override { return name_.c_str(); }
    std::string message(int value) const override {
        const std::lock_guard lock(mutex_);
        const auto found = messages_.find(value);
        return found != messages_.end() ? found->second : name_ + " error " + std::to_string(value);
    }
    void learn(int value, const std::string& message) {
        const std::lock_guard lock(mutex_);
        messages_.emplace(value, message);
    }

  private:
    const std::string name_;
    mutable std::mutex mutex_;
    std::map<int, std::string> messages_;
};

NamedCategory& named_category(const std::string& name) {
    static std::mutex mutex;
    static auto& known = *new std::map<std::string, NamedCategory>();
    const std::lock_guard lock(mutex);
    return known.try_emplace(name, name).first->second;
}

}  // namespace

SentErrorCode to_sent(const std::error_code& code) {
    return {.value = code.value(), .category = code.category().name(), .message = code.message()};
}

std::error_code to_error_code(const SentErrorCode& sent) {
    if (const std::error_category* category = standard_category(sent.category)) return {sent.value, *category};
    NamedCategory& category = named_category(sent.category);
    category.learn(sent.value, sent.message);
    return {sent.value, category};
}

}  // namespace hecaton::detail
