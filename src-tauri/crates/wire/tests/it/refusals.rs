//! What the words of a refusal mean, and what they do not: other messages of the kinds
//! that providers send.

use protocol::ErrorCode::{self, *};

use crate::errors::error;

/// Each of these messages at each of these statuses is of this class and about this.
async fn told(statuses: &[u16], class: ErrorCode, about: Option<&str>, messages: &[&str]) {
    for (status, message) in statuses
        .iter()
        .flat_map(|status| messages.iter().map(move |message| (*status, *message)))
    {
        let body = serde_json::json!({"error": {"message": message}}).to_string();
        let error = error(status, &[], &body).await;
        let said = error.args.get("about").map(String::as_str);
        assert_eq!((error.code, said), (class, about), "{status} {message}");
    }
}

/// A picture that is broken, too large or of another kind does not teach that the model
/// takes none.
#[rustfmt::skip]
#[tokio::test]
async fn a_bad_picture_says_nothing_of_the_model() {
    told(&[400, 422, 500], PictureRefused, None, &[
        "'image_url.url' is not supported: scheme file",
        "The API does not support images with transparency",
        "图片解析失败，模型无法处理图片",
        "系统消息不支持图片",
        "模型不支持base64图片，请使用链接",
        "This model does not support image content in the assistant role",
        "image_url is unsupported: the picture has 0 bytes",
        "Could not process image",
        "The parameter `image_url` specified in the request is not valid: invalid url specified. Request id: 02a",
        "image_url.url is invalid: failed to download the file",
        "Unsupported content type: image/heic",
        "This endpoint does not support image/heic",
        "Cannot decode image content: truncated file",
        "We could not handle image 2: the download timed out",
        "The model does not support images in assistant messages",
        "Could not process images",
        "Unable to process image content",
        "messages.0.content.1: could not process image data: the file is damaged",
        "The model does not support images larger than 8000 pixels",
        "The model does not support images of this format",
        "The model does not support images in HEIC format",
        "The model does not support image URLs, send base64",
        "does not support animated GIF images",
        "image_url: unsupported image type image/bmp",
        "Invalid type of image: image/tiff",
        "Cannot take image: it is corrupt",
        "image_url.url is not valid: must start with data:",
        "Invalid image_url: cannot fetch https://a.example/b.png",
        "该模型不支持webp格式的图片",
        "该模型不支持分辨率超过8000的图片",
        "不支持 heic 图片输入",
        "unsupported content type 'image/avif'",
        "Cannot handle image content: bad base64",
        "Image content could not be decoded",
        "Could not process image input: corrupt JPEG",
    ])
    .await;
    told(&[400], PictureRefused, None, &[
        "Images are not supported in system messages: use a user message",
    ])
    .await;
}

/// What is said of the model, not of a picture.
#[rustfmt::skip]
#[tokio::test]
async fn a_model_that_takes_no_pictures_is_told() {
    told(&[400, 422, 500], PictureRefused, Some("blind"), &[
        "当前模型无法识别图片，请更换视觉模型",
        "该模型为纯文本模型，不支持图片",
        "messages[0].content[1] of type image_url is not supported",
        "Invalid content type. image_url is only supported by certain models.",
        "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 99",
        "No endpoints found that support image input",
        "x is not a multimodal model",
        "The model does not support images.",
        "该模型不支持图片输入",
        "该模型不支持图片",
        "The model does not support images",
        "Model x doesn't support image",
        "This model does not support image(s)",
        "This model does not support image input.",
        "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
        "This model cannot process images.",
        "The selected model does not support vision",
        "The model does not have vision capabilities",
        "Images are not supported by this model",
        "qwen-turbo does not support multimodal input",
        "this model is text-only",
        "当前模型不支持多模态",
        "Model only accepts text.",
        "The model does not currently support image input.",
        "content must be a string",
        "'messages.0' : for 'role:user' the following must be satisfied[('messages.0.content' : value must be a string)]",
        "Input should be a valid string: content must be a string",
        "unsupported content type 'image_url'",
        "invalid message content type: image_url",
        "This model does not accept images or other attachments",
    ])
    .await;
}

/// A number of pictures, not of bytes; none at all is no number.
#[rustfmt::skip]
#[tokio::test]
async fn too_many_pictures_are_told_from_too_large_ones_and_from_none() {
    told(&[400, 422, 500], PictureRefused, Some("number"), &[
        "Request contains 12 images, the limit is 10",
        "图片最多5张",
        "You can send only two images",
        "Please send no more than 3 images",
        "At most 5 image(s) may be provided in one request.",
        "Too many images in request",
        "The maximum number of images is 10",
        "该模型最多支持5张图片",
        "only one image is supported per request",
        "Only 1 image is allowed",
        "You sent 7 images; this model supports up to 5 images",
        "Exceeded limit on max data-uri per request: 250",
        "exceeding the maximum of 50 images",
        "图片数量超过限制",
        "Too many images: more than 4 images",
        "number of images exceeds the limit of 3",
        "This model supports at most 5 images per request",
        "model only supports one image",
        "supports only 4 images",
        "At most 10 image(s) may be provided",
        "最多上传 9 个图片",
        "单次最多支持3张图片，请减少数量",
    ])
    .await;
    told(&[400, 422, 500], PictureRefused, None, &[
        "单张图片最大支持10M",
        "at most 4096x4096 pixels per image",
        "maximum images resolution in this request is 4096",
        "The combined size of all images exceeds the maximum of 30 MB",
        "Total size of images exceeds limit of 20MB",
        "Maximum file size for images in this request is 20MB",
        "最多支持10MB的图片，请压缩后重试",
        "At most 20 MB per image",
        "at most 20MB per image",
        "图片最多10兆",
        "images exceed maximum of 5 MB",
        "images exceed the maximum of 8000 pixels",
        "Only images up to 10MB are supported",
        "an image may have at most 5 MB",
        "supports only PNG and JPEG images",
        "Maximum image size is 4MB per image",
        "图片大小最多5M",
        "最多支持 5 M 的图片",
        "the limit for images in this request is 20 megabytes",
    ])
    .await;
    told(&[400, 422, 500], PictureRefused, Some("blind"), &[
        "This model supports only text input, not image input",
        "deepseek-chat accepts only text, not images",
        "At most 0 image(s) may be provided in one request.",
        "gpt-3.5 can only accept text, no images",
        "at most 0 images are allowed per request",
        "Maximum number of images per prompt is 0",
        "该模型仅支持文本输入，不支持图片",
        "This model takes text only; images are ignored",
    ])
    .await;
}

/// A model that is there and busy.
#[rustfmt::skip]
#[tokio::test]
async fn what_passes_is_no_missing_model() {
    told(&[503], ProviderDown, None, &[
        "The requested model is overloaded, please try again later",
        "The requested model is currently experiencing high demand. Please try again later.",
        "The model is not available right now. Please try again later.",
        "模型服务暂时不可用，请稍后重试",
        "The model is temporarily unavailable",
        "This model is not available at the moment",
        "model x is unavailable: at capacity",
        "模型当前不可用，请稍后再试",
        "the requested model is busy, retry later",
        "The model gpt is not available due to maintenance",
        "当前模型负载过高",
    ])
    .await;
    told(&[400], ProviderDown, None, &[
        "The requested model is overloaded, please try again later",
        "The requested model is currently experiencing high demand. Please try again later.",
        "The model is not available right now. Please try again later.",
        "模型服务暂时不可用，请稍后重试",
        "The model is temporarily unavailable",
        "This model is not available at the moment",
        "model x is unavailable: at capacity",
        "模型当前不可用，请稍后再试",
        "the requested model is busy, retry later",
        "The model gpt is not available due to maintenance",
        "当前模型负载过高",
    ])
    .await;
    told(&[503], ModelNotFound, None, &[
        "Model gpt-x is not available in your region",
        "该模型已下线，请稍后选择其他模型",
        "The requested model gpt-9 does not exist",
        "model x not found",
        "The model x is not available for your account",
        "The requested model is not available",
        "模型不存在",
        "The model `x` does not exist. Please check and try again.",
        "分组 vip 下模型 y 无可用渠道（distributor）",
        "模型 x 不可用",
    ])
    .await;
    told(&[404], ModelNotFound, None, &[
        "The requested model 'x' does not exist",
        "model \"llava\" not found, try pulling it first",
        "The requested model",
        "x is not a valid model ID",
        "The model x does not exist or you do not have access to it.",
        "该令牌无权访问模型 x",
        "models/x is not found for API version v1beta",
    ])
    .await;
}

/// Whoever is banned, for whatever reason, needs another key; without money, money.
#[rustfmt::skip]
#[tokio::test]
async fn a_banned_account_is_no_moderated_question() {
    told(&[401, 403], KeyRefused, None, &[
        "Your API key has been disabled for violating our usage policies",
        "密钥已被吊销：违规使用",
        "该令牌因违规已被禁用",
        "您的账户因违规使用已被封禁",
        "该令牌状态不可用",
        "账号已被冻结",
        "Your account has been suspended",
        "您的账号因发布违规内容已被封禁",
        "用户已被封禁",
        "Your account was deactivated",
    ])
    .await;
    told(&[400, 403, 429], NoBalance, None, &[
        "Your organization has been suspended for lack of funds",
        "Your account has been suspended due to insufficient balance",
        "Your account was suspended because of unpaid invoices",
        "您的账户因欠费已被停用",
        "账户余额不足，已被冻结",
        "Your account has been disabled due to overdue payment",
    ])
    .await;
    told(&[400], Moderated, None, &[
        "输入内容包含违规信息",
        "内容违规，多次违规账号将被封禁",
        "用户输入违规",
    ])
    .await;
}

/// Tokens of a minute are a rate, tokens of a question a length.
#[rustfmt::skip]
#[tokio::test]
async fn a_rate_is_told_from_a_length_and_a_penalty() {
    told(&[400, 403, 429], RateLimit, None, &[
        "您的组织TPM超过上限",
        "每日tokens数超过限制",
        "您的账号每分钟tokens数超过限制",
        "您的请求频率过高",
        "您每天的请求次数超过限制",
        "请求过于频繁",
        "每小时请求次数已达上限",
        "TPM 限流: 长度超过",
    ])
    .await;
    told(&[400], TooLong, None, &[
        "输入长度超过限制",
        "tokens数超过模型上下文限制",
        "输入过长",
    ])
    .await;
    told(&[400], ParameterRefused, None, &[
        "频率惩罚(frequency_penalty)取值范围为[-2,2]",
        "参数 presence_penalty 频率惩罚超出范围",
    ])
    .await;
}

/// A model that the account has yet to switch on is told from one that is not there.
#[rustfmt::skip]
#[tokio::test]
async fn a_model_to_switch_on_is_no_model_that_is_missing() {
    told(&[400, 403, 404], ModelNotFound, Some("not_activated"), &[
        "Your account 2100000000 has not activated the model doubao-seed-2-0-pro. Please activate the model service in the Ark Console. Request id: 0217",
        "The model doubao-seed-1-8 has not been activated for this account",
        "Model qwen-vl-max is not activated",
        "Please activate the model first",
        "模型 doubao-seed 未开通，请前往控制台开通",
        "该模型尚未开通",
        "请先开通该模型服务",
    ]).await;
    told(&[404], ModelNotFound, None, &[
        "The model `gpt-9` does not exist",
        "模型不存在",
        "model qwen has been retired",
    ]).await;
}
