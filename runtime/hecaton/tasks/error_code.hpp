// SentErrorCode: a std::error_code as it travels.
#pragma once

#include <string>
#include <system_error>

namespace hecaton::detail {

struct SentErrorCode {
    int value = 0;
    std::string category;  // its name
    std::string message;   // what the category says of the value
};

SentErrorCode to_sent(const std::error_code& code);

/// The code again. A category that the standard library does not have is one of ours, with the same name and message;
/// it stays for ever, since codes refer to it.
std::error_code to_error_code(const SentErrorCode& sent);

}  // namespace hecaton::detail
