// The fields of a line of a recording: words, and members of a JSON object.
#pragma once

#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// Whether sums of such times are numbers; others are damage.
inline bool usual(Nanoseconds start, Nanoseconds duration) {
    constexpr Nanoseconds longest = 500'000'000'000'000'000;
    return start > -longest && start < longest && duration >= 0 && duration < longest;
}

/// The words of a line, one after the other.
class Words {
  public:
    explicit Words(std::string_view line) : rest_(line) {}

    std::string_view word() {
        const auto space = rest_.find(' ');
        const auto found = rest_.substr(0, space);
        rest_.remove_prefix(space == std::string_view::npos ? rest_.size() : space + 1);
        return found;
    }
    std::string_view rest() const { return rest_; }

    /// False where there is no such number; then nothing that follows counts.
    template <class Number>
    Words& operator>>(Number& to) {
        const auto text = word();
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), to);
        good_ = good_ && problem == std::errc() && end == text.data() + text.size();
        return *this;
    }
    bool good() const { return good_; }

  private:
    std::string_view rest_;
    bool good_ = true;
};

/// Members of an object; what is missing, or of another kind, leaves the value as it is.
class Object {
  public:
    explicit Object(std::string_view text);
    explicit Object(nlohmann::json object) : object_(std::move(object)) {}
    explicit operator bool() const { return object_.is_object(); }

    template <class Value>
    bool operator()(const char* key, Value& to) const {
        const auto found = object_.find(key);
        return found != object_.end() && take(*found, to);
    }
    nlohmann::json list(const char* key) const {
        const auto found = object_.find(key);
        return found != object_.end() && found->is_array() ? *found : nlohmann::json::array();
    }

  private:
    static bool take(const nlohmann::json& from, bool& to) {
        if (from.is_boolean()) to = from.get<bool>();
        return from.is_boolean();
    }
    static bool take(const nlohmann::json& from, double& to) {
        if (from.is_number()) to = from.get<double>();
        return from.is_number();
    }
    static bool take(const nlohmann::json& from, std::string& to) {
        if (from.is_string()) to = from.get<std::string>();
        return from.is_string();
    }
    static bool take(const nlohmann::json& from, std::vector<std::string>& to) {
        for (const auto& one : from)
            if (one.is_string()) to.push_back(one.get<std::string>());
        return from.is_array();
    }
    template <class Number>
    static bool take(const nlohmann::json& from, Number& to) {
        const bool fits = (from.is_number_unsigned() && std::in_range<Number>(from.get<std::uint64_t>())) ||
                          (from.is_number_integer() && std::in_range<Number>(from.get<std::int64_t>()));
        if (fits) to = from.get<Number>();
        return fits;
    }

    nlohmann::json object_;
};

// A text may have bytes that are no UTF-8; the rest of the line counts all the same.
inline Object::Object(std::string_view text) : object_(nlohmann::json::parse(text, nullptr, false)) {
    if (!object_.is_discarded()) return;
    std::string plain(text);
    for (char& letter : plain)
        if (static_cast<unsigned char>(letter) >= 0x80) letter = '?';
    object_ = nlohmann::json::parse(plain, nullptr, false);
}

}  // namespace hecaton::launcher::report
