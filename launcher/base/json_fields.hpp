// Structs as JSON objects on one line of ASCII: a function names each member once, for both directions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::launcher::json_fields {

/// Puts members into an object. In a text each line break becomes a space, and what is no UTF-8 becomes U+FFFD.
class Writer {
  public:
    template <class Value>
    void operator()(const char* key, const Value& value) {
        object_[key] = value;
        if constexpr (std::is_same_v<Value, std::string>)
            for (char& letter : object_[key].template get_ref<std::string&>())
                if (letter == '\n') letter = ' ';
    }
    std::string text() const { return object_.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); }

  private:
    nlohmann::json object_ = nlohmann::json::object();
};

/// Takes members out of a text. A member that is missing, or of another kind, stays as it is.
class Reader {
  public:
    explicit Reader(std::string_view text) : object_(nlohmann::json::parse(text, nullptr, false)) {}
    /// False where the text is no JSON object; then no member can be taken.
    explicit operator bool() const { return object_.is_object(); }

    template <class Value>
    void operator()(const char* key, Value& to) const {
        if (const auto found = object_.find(key); found != object_.end()) take(*found, to);
    }

  private:
    static void take(const nlohmann::json& from, bool& to) {
        if (from.is_boolean()) to = from.get<bool>();
    }
    static void take(const nlohmann::json& from, std::string& to) {
        if (from.is_string()) to = from.get<std::string>();
    }
    static void take(const nlohmann::json& from, std::vector<std::string>& to) {
        if (!from.is_array()) return;
        for (const auto& one : from)
            if (one.is_string()) to.push_back(one.get<std::string>());
    }
    template <class Number>
    static void take(const nlohmann::json& from, Number& to) {
        if (from.is_number_unsigned()) {
            if (const auto number = from.get<std::uint64_t>(); std::in_range<Number>(number))
                to = static_cast<Number>(number);
        } else if (from.is_number_integer()) {
            if (const auto number = from.get<std::int64_t>(); std::in_range<Number>(number))
                to = static_cast<Number>(number);
        }
    }

    nlohmann::json object_;
};

template <class Struct, class Fields>
std::string encode(const Struct& from, const Fields& fields) {
    Writer writer;
    fields(from, writer);
    return writer.text();
}

/// Nothing for what is no JSON object.
template <class Struct, class Fields>
std::optional<Struct> decode(std::string_view text, const Fields& fields) {
    const Reader reader(text);
    if (!reader) return std::nullopt;
    Struct found;
    fields(found, reader);
    return found;
}

}  // namespace hecaton::launcher::json_fields
