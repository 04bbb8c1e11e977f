// Signature: what a call is made of, by which a journal knows it again in the next run of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/tasks/callable.hpp>
#include <hecaton/tasks/item_runner.hpp>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace hecaton::detail {

/// How the results of a chunk's items lie.
enum class ResultForm : std::uint8_t {
    nothing,  ///< nowhere: there are none
    array,    ///< one behind the other, also for items that failed
    frames,   ///< a frame for each item that did not fail
    folded,   ///< a frame for each block
};

struct Signature {
    const char* runner = "";  ///< the types of the callable and its arguments
    const char* result = "";  ///< the type of a result
    ResultForm form = ResultForm::nothing;
    std::size_t result_bytes = 0;     ///< of each, in an array
    std::vector<std::size_t> places;  ///< where in the closure a function's place in the program lies
};

template <class R>
constexpr ResultForm result_form() {
    if constexpr (std::is_void_v<R>) {
        return ResultForm::nothing;
    } else {
        return array_result<R> ? ResultForm::array : ResultForm::frames;
    }
}

/// Of items that `Runner` turns into an R each.
template <class Runner, class R>
Signature signature_of() {
    Signature made{.runner = typeid(Runner).name(), .result = typeid(R).name(), .form = result_form<R>(), .places = {}};
    if constexpr (result_form<R>() == ResultForm::array) made.result_bytes = sizeof(R);
    return made;
}

/// Appends the callable to a closure, and notes where a function's place in the program lies in it.
template <class F>
void encode_callable(Buffer& closure, Signature& signature, const F& f) {
    // What a bind_front calls comes first.
    if constexpr (FunctionPointer<typename Innermost<F>::type>) signature.places.push_back(closure.size());
    Writer writer(closure);
    encode_callable(writer, f);
}

}  // namespace hecaton::detail
